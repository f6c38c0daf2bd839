"""Game days on a real Kubernetes: its own evictions, rights, finalizers and namespaces; the kill switch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from deploy.cluster.handle import Answered, Cluster
from tests.cluster.planes import own_plane
from tests.journeys import plans
from tests.journeys.conducting import Conducting
from tests.journeys.house import House, until
from tests.journeys.opening import opened

# The journeys of the rehearsal cluster, which pass here as they are.
from tests.journeys.test_bad_cluster import (  # noqa: F401
    test_with_the_operator_down_our_own_deletes_end_the_fault,
)
from tests.journeys.test_stranded import (  # noqa: F401
    test_a_fault_that_will_not_revert_is_stranded_loudly_and_ends_by_proof_alone,
)
from tests.journeys.test_thresholds import (  # noqa: F401
    test_another_abort_threshold_in_the_file_makes_another_outcome,
)
from tests.journeys.test_worker_dies import (  # noqa: F401
    test_a_killed_worker_that_comes_back_stops_its_run,
)

pytestmark = pytest.mark.cluster

CHAOS = "/apis/litmuschaos.io/v1alpha1/namespaces/chaos/chaosengines"
BINDINGS = "/apis/rbac.authorization.k8s.io/v1/namespaces/chaos/rolebindings"
BUDGET = "/apis/policy/v1/namespaces/kafka/poddisruptionbudgets/kafka"
MERGE = "merge-patch+json"
FOREIGN = "tests.example/kept"


@pytest.fixture(scope="module")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with own_plane(tmp_path_factory.mktemp("plane")) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def desk(plane: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with opened(tmp_path_factory.mktemp("house"), plane.kubeconfig) as house:
        yield house


@pytest.fixture
def house(desk: House, request: pytest.FixtureRequest) -> Iterator[House]:
    yield from desk.at_ease(request.session)


def in_mid_fault(house: House, slug: str, scenario: plans.Scenario | None = None) -> Conducting:
    house.approved(plans.plan(slug, scenario or plans.scenario(fault="60s")))
    conducting = house.conduct(slug)
    conducting.until("run.injected")
    return conducting


def ended_by_the_stop(conducting: Conducting, house: House) -> None:
    assert conducting.ends() == 3, conducting.told
    assert conducting.states[-2:] == ["reverting", "aborted"]
    assert "every fault is proven gone" in conducting.text("run.state")
    house.nothing_is_left()


def the_engine(plane: Cluster) -> dict[str, Any]:
    (engine,) = plane.ask("GET", CHAOS)["items"]
    return dict(engine)


def test_rights_taken_away_in_mid_run_delay_the_stop_and_never_make_it_untrue(
    house: House, plane: Cluster
) -> None:
    conducting = in_mid_fault(house, "no-rights-day")
    taken = [one for one in plane.ask("GET", BINDINGS)["items"] if "gameday" in one["metadata"]["name"]]
    for one in taken:
        plane.ask("DELETE", f"{BINDINGS}/{one['metadata']['name']}")
    conducting.interrupt()
    conducting.until("run.act_failed")
    assert "run.stop_accepted" not in conducting.kinds, "said to be taken while every delete was forbidden"
    assert house.chaos_left() != []
    for one in taken:
        meta = {"name": one["metadata"]["name"]}
        plane.ask(
            "POST", BINDINGS, {"metadata": meta, "roleRef": one["roleRef"], "subjects": one["subjects"]}
        )
    ended_by_the_stop(conducting, house)


def test_a_foreign_finalizer_on_the_engine_is_waited_for_and_said(house: House, plane: Cluster) -> None:
    conducting = in_mid_fault(house, "kept-engine-day")
    engine = the_engine(plane)
    path, known = f"{CHAOS}/{engine['metadata']['name']}", engine["metadata"].get("finalizers", [])
    plane.ask("PATCH", path, {"metadata": {"finalizers": [*known, FOREIGN]}}, MERGE)
    conducting.interrupt()
    conducting.until("run.pods_gone")
    until(
        lambda: the_engine(plane)["metadata"].get("finalizers") == [FOREIGN], "only the foreign one is left"
    )
    assert "run.clean" not in conducting.kinds, "the engine is still there"
    plane.ask("PATCH", path, {"metadata": {"finalizers": None}}, MERGE)
    ended_by_the_stop(conducting, house)


def test_a_budget_that_holds_a_broker_is_waited_for_and_never_overridden(
    house: House, plane: Cluster
) -> None:
    broker = "/api/v1/namespaces/kafka/pods/kafka-1"
    before = plane.ask("GET", broker)
    plane.ask("PATCH", BUDGET, {"spec": {"minAvailable": 3}}, MERGE)
    try:
        drained = plans.scenario("kafka-broker", fault="20s")
        conducting = in_mid_fault(house, "held-broker-day", drained)
        node = plane.ask("GET", f"/api/v1/nodes/{before['spec']['nodeName']}")
        assert node["spec"].get("unschedulable"), "it is cordoned, and waits"
        assert conducting.ends(180.0) in (0, 1), conducting.told
        assert "run.clean" in conducting.kinds, conducting.told
    finally:
        plane.ask("PATCH", BUDGET, {"spec": {"minAvailable": 2}}, MERGE)
    after = plane.ask("GET", broker)
    assert after["metadata"]["uid"] == before["metadata"]["uid"], "the broker never went"
    assert not plane.ask("GET", f"/api/v1/nodes/{before['spec']['nodeName']}")["spec"].get("unschedulable")
    house.nothing_is_left()


def test_a_target_namespace_deleted_in_mid_run_ends_the_run_and_is_said_to_be_gone(
    house: House, plane: Cluster
) -> None:
    conducting = in_mid_fault(house, "lost-namespace-day", plans.scenario(fault="60s", revert_within="2m"))
    payments = "/api/v1/namespaces/payments"
    held = {"metadata": {"name": "held", "finalizers": [FOREIGN]}, "data": {}}
    plane.ask("POST", f"{payments}/configmaps", held)
    plane.ask("DELETE", payments)
    conducting.until("run.stop_wanted")
    conducting.until("run.pods_gone")
    assert "run.clean" not in conducting.kinds, "it is still terminating"
    plane.ask("PATCH", f"{payments}/configmaps/held", {"metadata": {"finalizers": None}}, MERGE)
    until(lambda: is_gone(plane, payments), "the namespace is gone", 60.0)
    assert conducting.ends(180.0) in (0, 1), conducting.told
    assert house.state_of("lost-namespace-day") == "aborted"
    assert "run.stranded" not in conducting.kinds, conducting.told
    certified = house.manage("run", "certificate", conducting.run)
    assert ": target gone." in certified.out and "namespace payments" in certified.out, certified.told
    house.stop("rehearsal")
    house.start("rehearsal")  # which lays the bank anew
    house.settle()
    house.nothing_is_left()


def is_gone(plane: Cluster, path: str) -> bool:
    try:
        plane.ask("GET", path)
    except Answered as refused:
        return refused.status == 404
    return False
