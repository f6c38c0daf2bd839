"""Nodes that are away: the fault is gone when they are ready and no helper is left, but never proven."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chaos.domain.injection import Injection, Progress
from chaos.domain.postcondition import down
from chaos.domain.proof import unmet
from chaos.domain.sight import ClusterSight, ResidueKind
from chaos.faults.catalogue import FAULTS
from tests.adapters.faults.cases import AWAY, CASES
from tests.adapters.faults.drill import Drill
from tests.adapters.faults.losses import without_node
from tests.adapters.faults.test_contract import says_it_is_there
from tests.adapters.implementations import KUBELETS
from tests.adapters.things import live, until
from tests.domain.views import a_view

pytestmark = pytest.mark.needs(KUBELETS)
EACH = pytest.mark.parametrize("name", AWAY)
ENGINE_AND_HELPER = {ResidueKind.ENGINE, ResidueKind.POD}


def in_the_way(injection: Injection, sight: ClusterSight) -> tuple[str, ...]:
    """What stands between it and "gone", besides what is ours."""
    progress = (Progress(0, requested_at=sight.at, injected_at=sight.at),)
    view = a_view(injections=(injection,), progress=progress)
    return unmet(view, injection, sight, sight.began_at)


def awaited(drill: Drill, injection: Injection) -> ClusterSight:
    """The first look at which the product has it for there."""
    return until(lambda: drill.look(injection), lambda sight: says_it_is_there(injection, sight))


def past(drill: Drill, seconds: float) -> None:
    """Returns when so many seconds of the platform's time have gone by."""
    start = drill.state()["seconds"]
    until(drill.state, lambda seen: seen["seconds"] - start > seconds)


@EACH
def test_it_is_off_by_default_since_nobody_can_prove_what_the_node_is_afterwards(name: str) -> None:
    assert not FAULTS[name].is_provable


def test_a_kubelet_that_is_stopped_says_so_by_its_node_and_by_the_pod_that_led_to_it(drill: Drill) -> None:
    injection = drill.launch(CASES["kubelet-service-kill"])
    (node,) = injection.nodes

    def is_all(found: tuple[str, ...]) -> bool:
        return found == ("2 of 3 pods are ready in kafka", f"node {node.name} is not ready")

    until(lambda: in_the_way(injection, drill.look(injection)), is_all)
    sight = drill.stop(injection)
    assert not [pod for pod in sight.engine_pods if pod.node == node.name]
    drill.ends_clean(injection)
    assert in_the_way(injection, drill.look(injection)) == ()


def test_a_stop_starts_no_kubelet_before_its_time_and_its_helper_stays_as_long(drill: Drill) -> None:
    injection = drill.launch(CASES["kubelet-service-kill"])
    (node,) = injection.nodes
    awaited(drill, injection)
    drill.make().revert(drill.ref)
    past(drill, 15)
    sight = drill.look(injection)
    assert down(injection, sight) == (node.name,)
    assert {item.kind for item in live(sight.residue)} >= ENGINE_AND_HELPER
    drill.stop(injection)
    drill.ends_clean(injection)


def test_a_stopped_kubelet_is_started_by_its_helper_when_the_time_is_over(drill: Drill) -> None:
    injection = drill.launch(CASES["kubelet-service-kill"], seconds=20)
    awaited(drill, injection)
    until(lambda: drill.look(injection), lambda sight: any(one.phase == "Completed" for one in sight.results))
    until(lambda: down(injection, drill.look(injection)), lambda found: found == ())
    drill.stop(injection)
    drill.ends_clean(injection)


def test_a_node_whose_helper_was_killed_stays_away_with_all_that_is_on_it_until_a_person_comes(
    drill: Drill,
) -> None:
    drill.practice.turn(helper="killed")
    injection = drill.launch(CASES["kubelet-service-kill"], seconds=20)
    (node,) = injection.nodes
    awaited(drill, injection)
    drill.practice.turn(helper="ok")
    drill.make().revert(drill.ref)
    past(drill, 60)
    sight = drill.look(injection)
    assert down(injection, sight) == (node.name,)
    assert f"node {node.name} is not ready" in in_the_way(injection, sight)
    left = {item.kind: item for item in live(sight.residue)}
    assert set(left) == ENGINE_AND_HELPER
    assert "finalizer" in left[ResidueKind.ENGINE].detail
    assert left[ResidueKind.POD].name.startswith("kubelet-service-kill-helper-")
    drill.practice.turn(kubelet="up")
    drill.stop(injection)
    drill.ends_clean(injection)


def test_a_machine_restarts_to_its_end_though_its_helper_was_killed(drill: Drill) -> None:
    drill.practice.turn(helper="killed")
    injection = drill.launch(CASES["node-restart"])
    results = until(
        lambda: drill.look(injection).results,
        lambda seen: seen and seen[0].error.startswith("HELPER_POD_FAILED_ERROR"),
    )
    assert results[0].phase == "Error"
    drill.stop(injection)
    drill.ends_clean(injection)


def test_a_machine_that_restarts_is_not_gone_with_what_is_ours_but_when_its_node_is_ready(
    drill: Drill,
) -> None:
    before = drill.state()["pods"]
    injection = drill.launch(CASES["node-restart"])
    (node,) = injection.nodes
    sight = drill.stop(injection)
    assert live(sight.residue) == []
    is_said = f"node {node.name} is not ready" in in_the_way(injection, sight)
    assert is_said == bool(down(injection, sight)), "it may be back by now, on a slow machine"
    drill.ends_clean(injection)
    after = drill.state()["pods"]
    restarted = {key for key in before if after[key]["restarts"] > before[key]["restarts"]}
    assert restarted == {key for key, pod in before.items() if pod["node"] == node.name}


@EACH
def test_a_node_that_is_deleted_meanwhile_takes_the_fault_along(drill: Drill, name: str) -> None:
    injection = drill.launch(CASES[name])
    with without_node(drill.practice, injection.nodes[0].name):
        sight = drill.stop(injection)
        assert sight.nodes == ()
        assert down(injection, sight) == ()
    drill.ends_clean(injection)


@EACH
def test_a_node_that_is_gone_before_the_launch_is_an_error_and_nothing_is_ever_there(
    drill: Drill, name: str
) -> None:
    injection = drill.injection(CASES[name])
    gone = replace(injection.nodes[0], name="worker-node-99", uid="uid-gone")
    injection = replace(injection, nodes=(gone,), env={**injection.env, "TARGET_NODE": gone.name})
    drill.make().take_grant(drill.ref)
    drill.make().inject(drill.ref, injection)
    sight = until(lambda: drill.look(injection), lambda seen: any(one.error for one in seen.results))
    assert sight.results[0].error.startswith("TARGET_SELECTION_ERROR")
    assert all(node["ready"] for node in drill.state()["nodes"].values())
    drill.stop(injection)
    drill.ends_clean(injection)
