"""What becomes of the acts and looks when the API server, the rights or Litmus' operator fail."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from chaos.adapters import litmus_kinds as kinds
from chaos.adapters.kubernetes_api import Connection, KubernetesApi
from chaos.adapters.litmus import LitmusCluster
from chaos.adapters.litmus_manifests import INJECTION, INSTALLATION, MANAGED_BY, RUN, SCENARIO
from chaos.domain.errors import Forbidden, Refused, Transient
from chaos.domain.images import USUAL_IMAGES
from chaos.domain.injection import Injection
from chaos.domain.sight import ResidueKind
from chaos.ports import RunRef
from tests.adapters.implementations import MISHAPS
from tests.adapters.practice import SETTINGS, Practice, bank
from tests.adapters.stub_server import Answer, Asked, stub_server
from tests.adapters.things import a_deletion, a_run, an_injection, live, until

ENGINES = r"chaosengines\.litmuschaos\.io"


def mishap(effect: str, resource: str, *verbs: str, **options: Any) -> dict[str, Any]:
    return {"effect": effect, "resource": resource, "verbs": list(verbs), **options}


def injected(practice: Practice, cluster: LitmusCluster) -> tuple[RunRef, Injection]:
    """A run whose Job is there."""
    ref = a_run()
    injection = a_deletion(bank(practice), ref)
    cluster.take_grant(ref)
    cluster.inject(ref, injection)
    until(
        lambda: cluster.look(ref, [injection]),
        lambda sight: {item.kind for item in live(sight.residue)} >= {ResidueKind.JOB, ResidueKind.POD},
    )
    return ref, injection


@pytest.mark.needs(MISHAPS)
@pytest.mark.parametrize("act", ["grant", "engine"])
def test_a_create_whose_answer_is_lost_can_be_repeated(practice: Practice, act: str) -> None:
    cluster, ref = practice.cluster(), a_run()
    injection = a_deletion(bank(practice), ref)
    resource = {"grant": r"leases\..*", "engine": ENGINES}[act]
    if act == "engine":
        cluster.take_grant(ref)
    practice.turn(api=[mishap("lose-answer", resource, "create", times=1)])
    with pytest.raises(Transient):
        if act == "grant":
            cluster.take_grant(ref)
        cluster.inject(ref, injection)
    cluster.take_grant(ref)
    cluster.inject(ref, injection)
    assert [engine.name for engine in cluster.look(ref, [injection]).engines] == [injection.name]


@pytest.mark.needs(MISHAPS)
def test_an_engine_that_lands_after_its_grant_is_gone_is_collected(practice: Practice) -> None:
    cluster, ref = practice.cluster(), a_run()
    injection = a_deletion(bank(practice), ref)
    cluster.take_grant(ref)
    practice.turn(api=[mishap("apply-late", ENGINES, "create", times=1, seconds=1.0, code=0)])
    with pytest.raises(Transient):
        cluster.inject(ref, injection)
    cluster.clear(ref)
    seen = until(lambda: cluster.look(ref, [injection]), lambda sight: sight.engines)
    assert not seen.has_grant
    until(lambda: cluster.look(ref, [injection]), lambda sight: not sight.unseen and not live(sight.residue))


@pytest.mark.needs(MISHAPS)
@pytest.mark.parametrize("resource", ["pods", r"jobs\.batch", ENGINES, r"leases\..*", "configmaps"])
def test_a_look_that_misses_a_part_has_seen_nothing(practice: Practice, resource: str) -> None:
    cluster, ref = practice.cluster(), a_run()
    injection = a_deletion(bank(practice), ref)
    practice.turn(api=[mishap("forbid", resource)])
    sight = cluster.look(ref, [injection])
    assert "Gameday may not" in sight.unseen
    assert resource.split("\\")[0].split(".")[0] in sight.unseen
    assert (sight.pods, sight.engines, sight.residue) == ((), (), ())


@pytest.mark.needs(MISHAPS)
def test_a_look_at_a_silent_cluster_ends_in_its_time(practice: Practice) -> None:
    ref = a_run()
    practice.turn(api=[mishap("hang", "pods", "list", seconds=3.0)])
    began = time.monotonic()
    assert practice.cluster(look_within=0.4).look(ref, [an_injection(ref)]).unseen
    assert time.monotonic() - began < 2


@pytest.mark.needs(MISHAPS)
def test_reverting_deletes_what_it_can_and_says_what_it_could_not(practice: Practice) -> None:
    cluster = practice.cluster()
    ref, injection = injected(practice, cluster)
    practice.turn(api=[mishap("forbid", r"jobs\.batch", "delete")], operator="down")
    with pytest.raises(Forbidden, match="delete jobs"):
        cluster.revert(ref)
    seen = until(
        lambda: cluster.look(ref, [injection]),
        lambda sight: not any(item.name.endswith("-runner") for item in sight.residue),
    )
    assert all(engine.is_leaving for engine in seen.engines)
    assert [item.kind for item in seen.residue if item.kind is ResidueKind.JOB]
    practice.turn(api=[])
    cluster.revert(ref)


@pytest.mark.needs(MISHAPS)
def test_an_engine_that_can_no_longer_be_listed_is_deleted_from_memory(practice: Practice) -> None:
    cluster = practice.cluster()
    ref, injection = injected(practice, cluster)
    practice.turn(api=[mishap("forbid", ENGINES, "list")])
    with pytest.raises(Forbidden, match="list chaosengines"):
        cluster.revert(ref)
    practice.turn(api=[])
    assert all(engine.is_leaving for engine in cluster.look(ref, [injection]).engines)


@pytest.mark.needs(MISHAPS)
def test_an_engine_that_another_process_made_is_remembered_once_it_was_seen(practice: Practice) -> None:
    """A driver that took the run over from one that died stops it as surely."""
    ref, injection = injected(practice, practice.cluster())
    successor = practice.cluster()
    assert not successor.look(ref, [injection]).unseen
    practice.turn(api=[mishap("forbid", ENGINES, "list")])
    with pytest.raises(Forbidden, match="list chaosengines"):
        successor.revert(ref)
    practice.turn(api=[])
    assert all(engine.is_leaving for engine in successor.look(ref, [injection]).engines)


@pytest.mark.needs(MISHAPS)
def test_an_engine_that_is_remembered_is_deleted_before_any_list_is_answered(practice: Practice) -> None:
    cluster = practice.cluster()
    ref, injection = injected(practice, cluster)
    practice.turn(api=[mishap("delay", ".*", "list", seconds=1.5)])
    stopping = threading.Thread(target=cluster.revert, args=[ref])
    began = time.monotonic()
    stopping.start()
    api = practice.admin_api()
    until(
        lambda: api.get(kinds.ENGINES, "chaos", injection.name),
        lambda engine: bool(engine["metadata"].get("deletionTimestamp")),
    )
    assert time.monotonic() - began < 1.2
    stopping.join()


def test_with_the_operator_down_the_workloads_go_and_the_engine_tells_what_holds_it(
    practice: Practice,
) -> None:
    """Its finalizer is the operator's to drop; the fault itself ends without it."""
    ref, injection = injected(practice, practice.cluster())
    practice.without_operator()
    stranger = practice.cluster()
    stranger.revert(ref)
    seen = until(
        lambda: stranger.look(ref, [injection]),
        lambda sight: {item.kind for item in live(sight.residue)} == {ResidueKind.ENGINE},
    )
    detail = live(seen.residue)[0].detail
    assert "Terminating since" in detail
    assert "finalizer chaosengine.litmuschaos.io/finalizer" in detail
    practice.turn(operator="up")
    until(lambda: stranger.look(ref, [injection]), lambda sight: not sight.unseen and not live(sight.residue))


def test_without_an_operator_a_cluster_is_not_ready(practice: Practice) -> None:
    practice.without_operator()
    checks = {check.what: check for check in practice.cluster().preflight(["pod-delete"], USUAL_IMAGES)}
    assert [what for what, check in checks.items() if not check.is_met] == ["operator"]
    assert "without it no fault starts" in checks["operator"].sentence


def test_jobs_and_pods_are_found_by_a_stranger_when_their_engine_is_gone(practice: Practice) -> None:
    """With nothing but Litmus' own marks on them: no engine, no memory, none of our labels."""
    ref, injection = injected(practice, practice.cluster())
    practice.without_operator()
    orphan_everything(practice.admin_api(), injection)
    sight = practice.cluster().look(ref, [injection])
    assert sight.engines == ()
    assert {item.kind for item in live(sight.residue)} == {ResidueKind.JOB, ResidueKind.POD}
    stranger = practice.cluster()
    stranger.revert(ref)
    until(lambda: stranger.look(ref, [injection]), lambda sight: not sight.unseen and not live(sight.residue))


def orphan_everything(api: KubernetesApi, injection: Injection) -> None:
    no_labels = {"metadata": {"labels": dict.fromkeys((RUN, INSTALLATION, SCENARIO, INJECTION, *MANAGED_BY))}}
    for resource in (kinds.JOBS, kinds.PODS):
        for found in api.list(resource, "chaos", {"chaosUID": None}):
            api.merge_patch(resource, "chaos", found["metadata"]["name"], no_labels)
    api.merge_patch(kinds.ENGINES, "chaos", injection.name, {"metadata": {"finalizers": None}})
    api.delete(kinds.ENGINES, "chaos", injection.name)


def test_an_engine_being_deleted_is_not_made_again(practice: Practice) -> None:
    cluster = practice.cluster()
    ref, injection = injected(practice, cluster)
    practice.without_operator()
    cluster.revert(ref)
    with pytest.raises(Refused, match="being deleted"):
        cluster.inject(ref, injection)


def test_an_api_server_that_is_down_fails_each_check_of_the_preflight_in_a_sentence() -> None:
    with stub_server(lambda asked: Answer()) as gone:
        pass
    checks = LitmusCluster(KubernetesApi(Connection(gone.url)), SETTINGS).preflight(
        ["pod-delete"], USUAL_IMAGES
    )
    assert checks
    assert [check for check in checks if check.is_met or "no connection" not in check.sentence] == []


def test_a_missing_right_is_named_with_what_to_grant() -> None:
    def answers(asked: Asked) -> Answer:
        wanted = (asked.body or {}).get("spec", {}).get("resourceAttributes", {})
        is_jobs = (wanted.get("verb"), wanted.get("resource")) == ("delete", "jobs")
        return Answer(201, {"status": {"allowed": not is_jobs}})

    with stub_server(answers) as server:
        checks = LitmusCluster(KubernetesApi(Connection(server.url)), SETTINGS).preflight([], USUAL_IMAGES)
    missing = [check.sentence for check in checks if check.what.startswith("right") and not check.is_met]
    assert missing == [
        "Gameday may not delete jobs.batch in namespace chaos, without which it cannot stop and clear up: "
        "apply deploy/litmus/accounts/gameday.yaml (role gameday-reverter)."
    ]
