"""The contract of the Cluster port: what every implementation does, whatever cluster is behind it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from chaos.adapters.litmus_kinds import EXPERIMENTS
from chaos.domain.errors import Refused
from chaos.domain.images import USUAL_IMAGES
from chaos.domain.sight import ResidueKind
from chaos.faults.catalogue import FAULTS
from tests.adapters.practice import Practice
from tests.adapters.things import (
    UnderTest,
    a_deletion,
    a_run,
    live,
    of_another_index,
    pods_of,
    until,
)


def test_a_cluster_has_one_identity(cluster_under_test: UnderTest) -> None:
    first, second = cluster_under_test.make().identity(), cluster_under_test.make().identity()
    assert first == second != ""


def test_pods_are_those_with_all_the_labels(cluster_under_test: UnderTest) -> None:
    cluster, namespace = cluster_under_test.make(), cluster_under_test.namespace
    pods = pods_of(cluster_under_test)
    assert len({pod.uid for pod in pods}) == len(pods) >= 4
    assert all(pod.is_ready and pod.node and not pod.is_leaving for pod in pods)
    assert cluster.pods(namespace, {**cluster_under_test.labels, "no": "such"}) == ()


def test_a_fit_cluster_passes_its_preflight(cluster_under_test: UnderTest) -> None:
    played = sorted(name for name, fault in FAULTS.items() if fault.family and fault.is_provable)
    checks = cluster_under_test.make().preflight(played, USUAL_IMAGES)
    assert [check.sentence for check in checks if not check.is_met] == []


def test_a_missing_experiment_is_named_with_what_to_do(cluster_under_test: UnderTest) -> None:
    checks = cluster_under_test.make().preflight(["pod-delete", "moon-eclipse"], USUAL_IMAGES)
    missing = [check.sentence for check in checks if not check.is_met]
    assert len(missing) == 1
    assert "moon-eclipse" in missing[0]
    assert "install" in missing[0]


def test_an_experiment_that_is_not_as_we_ship_it_is_refused_with_what_to_do(practice: Practice) -> None:
    """Litmus joins what it says to what we send."""
    admin = practice.admin_api()
    shipped = admin.get(EXPERIMENTS, "chaos", "pod-network-loss")["spec"]["definition"]
    for loose in (
        {"env": [*shipped["env"], {"name": "DESTINATION_IPS", "value": "10.0.0.0/8"}]},
        {"securityContext": {"privileged": True}},
    ):
        admin.merge_patch(EXPERIMENTS, "chaos", "pod-network-loss", {"spec": {"definition": loose}})
        try:
            checks = practice.cluster().preflight(["pod-network-loss", "pod-network-latency"], USUAL_IMAGES)
        finally:
            back = {"spec": {"definition": {**dict.fromkeys(loose), **shipped}}}
            admin.merge_patch(EXPERIMENTS, "chaos", "pod-network-loss", back)
        (unmet,) = [check for check in checks if not check.is_met]
        assert unmet.what == "experiment pod-network-loss"
        assert "which we do not set" in unmet.sentence and "`manage.py litmus install`" in unmet.sentence


def test_a_grant_taken_twice_is_taken_once(cluster_under_test: UnderTest) -> None:
    ref = a_run()
    cluster_under_test.make().take_grant(ref)
    cluster_under_test.make().take_grant(ref)
    assert cluster_under_test.make().look(ref, ()).has_grant


def test_a_grant_locks_out_other_runs_and_installations(cluster_under_test: UnderTest) -> None:
    ref = a_run()
    cluster_under_test.make().take_grant(ref)
    for other in (a_run(), replace(ref, installation="bank-2")):
        with pytest.raises(Refused, match=f"bank-1/{ref.run}"):
            cluster_under_test.make().take_grant(other)
        with pytest.raises(Refused):
            cluster_under_test.make().beat(other)
        assert not cluster_under_test.make().look(other, ()).has_grant


def test_of_many_takers_at_once_one_gets_the_grant(cluster_under_test: UnderTest) -> None:
    refs = [a_run() for _ in range(6)]

    def take(number: int) -> bool:
        try:
            cluster_under_test.make().take_grant(refs[number])
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(take, range(6))).count(True) == 1


def test_a_heartbeat_is_heard_and_needs_a_grant(cluster_under_test: UnderTest) -> None:
    ref, cluster = a_run(), cluster_under_test.make()
    with pytest.raises(Refused, match="no grant"):
        cluster.beat(ref)
    cluster.take_grant(ref)
    cluster.beat(ref)
    cluster.beat(ref)
    cluster.clear(ref)
    with pytest.raises(Refused, match="no grant"):
        cluster.beat(ref)


def test_nothing_is_injected_without_the_grant(cluster_under_test: UnderTest) -> None:
    ref, cluster = a_run(), cluster_under_test.make()
    injection = a_deletion(cluster_under_test, ref)
    with pytest.raises(Refused, match="grant"):
        cluster.inject(ref, injection)
    cluster.take_grant(a_run())
    with pytest.raises(Refused, match="held by"):
        cluster.inject(ref, injection)
    assert cluster.look(ref, [injection]).engines == ()


def test_nothing_is_injected_while_the_lever_is_down(cluster_under_test: UnderTest) -> None:
    ref, cluster = a_run(), cluster_under_test.make()
    injection = a_deletion(cluster_under_test, ref)
    cluster.take_grant(ref)
    cluster.pull_lever("the card network has an incident")
    with pytest.raises(Refused, match="card network"):
        cluster.inject(ref, injection)
    assert cluster.look(ref, [injection]).engines == ()


def test_the_lever_keeps_its_first_reason_until_it_is_released(cluster_under_test: UnderTest) -> None:
    ref, cluster = a_run(), cluster_under_test.make()
    assert cluster.look(ref, ()).lever_reason == ""
    cluster.pull_lever("first")
    cluster.pull_lever("second")
    assert cluster_under_test.make().look(ref, ()).lever_reason == "first"
    assert cluster_under_test.make().lever_reason() == "first"
    cluster.release_lever()
    cluster.release_lever()
    assert cluster.look(ref, ()).lever_reason == cluster.lever_reason() == ""


def test_injecting_twice_or_at_once_is_injecting_once(cluster_under_test: UnderTest) -> None:
    ref = a_run()
    injection = a_deletion(cluster_under_test, ref)
    cluster_under_test.make().take_grant(ref)
    with ThreadPoolExecutor(4) as pool:
        sent = list(pool.map(lambda _: cluster_under_test.make().inject(ref, injection), range(4)))
    assert all(manifest == sent[0] for manifest in sent)
    sight = cluster_under_test.make().look(ref, [injection])
    assert [engine.name for engine in sight.engines] == [injection.name]


def test_an_engine_of_another_injection_is_not_taken_for_ours(cluster_under_test: UnderTest) -> None:
    ref, cluster = a_run(), cluster_under_test.make()
    injection = a_deletion(cluster_under_test, ref)
    cluster.take_grant(ref)
    cluster.inject(ref, injection)
    with pytest.raises(Refused, match="not this injection's"):
        cluster.inject(ref, of_another_index(injection))


def test_a_fault_is_seen_reverted_and_cleared(cluster_under_test: UnderTest) -> None:
    """The whole life of an injection, each step by an instance that knows nothing of those before."""
    ref, make = a_run(), cluster_under_test.make
    injection = a_deletion(cluster_under_test, ref)
    before = make().look(ref, [injection])
    assert before.unseen == ""
    assert (before.engines, before.results, before.residue) == ((), (), ())
    assert {pod.uid for pod in injection.targets} < {pod.uid for pod in before.pods}

    make().take_grant(ref)
    make().inject(ref, injection)
    targets = {pod.uid for pod in injection.targets}
    during = until(
        lambda: make().look(ref, [injection]),
        lambda sight: sight.results and not targets & {pod.uid for pod in sight.pods if not pod.is_leaving},
    )
    assert during.began_at <= during.at
    assert {item.kind for item in live(during.residue)} == {
        ResidueKind.ENGINE,
        ResidueKind.JOB,
        ResidueKind.POD,
    }
    assert all(item.run == ref.run and item.uid for item in during.residue)
    assert during.results[0].phase == "Running"
    assert {item["kind"] for item in make().results(ref, [injection])} == {"ChaosEngine", "ChaosResult"}

    make().revert(ref)
    after = until(
        lambda: make().look(ref, [injection]),
        lambda sight: not sight.unseen and not live(sight.residue),
    )
    make().revert(ref)
    assert after.has_grant
    assert after.results[0].phase == "Stopped"
    assert after.results[0].targets == {"deployment/payments-api": "targeted"}
    until(
        lambda: make().look(ref, [injection]),
        lambda sight: sum(pod.is_ready for pod in sight.pods) >= injection.postcondition.ready_at_least,
    )

    make().clear(ref)
    gone = make().look(ref, [injection])
    assert (gone.unseen, gone.residue, gone.has_grant) == ("", (), False)
    make().clear(ref)


def test_reverting_nothing_is_fine(cluster_under_test: UnderTest) -> None:
    cluster_under_test.make().revert(a_run())


def test_clearing_touches_nothing_of_another_run(cluster_under_test: UnderTest) -> None:
    ref, cluster = a_run(), cluster_under_test.make()
    cluster.take_grant(ref)
    cluster.clear(a_run())
    cluster.clear(replace(ref, installation="bank-2"))
    assert cluster.look(ref, ()).has_grant


def test_reverting_touches_nothing_of_another_run(cluster_under_test: UnderTest) -> None:
    ref, cluster = a_run(), cluster_under_test.make()
    injection = a_deletion(cluster_under_test, ref)
    cluster.take_grant(ref)
    cluster.inject(ref, injection)
    cluster_under_test.make().revert(a_run())
    seen = until(lambda: cluster.look(ref, [injection]), lambda sight: live(sight.residue))
    assert not any(engine.is_leaving for engine in seen.engines)


def test_everything_of_any_run_is_found_and_removed(cluster_under_test: UnderTest) -> None:
    ref, make = a_run(), cluster_under_test.make
    injection = a_deletion(cluster_under_test, ref)
    make().take_grant(ref)
    make().inject(ref, injection)
    found = until(
        make().residue,
        lambda items: {item.kind for item in items} == set(ResidueKind) - {ResidueKind.POLICY},
    )
    assert all(item.run in (ref.run, "") for item in found)
    engines = [item for item in found if item.kind is ResidueKind.ENGINE]
    assert [(item.name, item.installation) for item in engines] == [(injection.name, "bank-1")]

    def removed() -> object:
        make().remove(make().residue())
        return make().residue()

    until(removed, lambda left: not left)
    make().remove(found)


def test_removing_spares_an_object_that_has_only_the_name(cluster_under_test: UnderTest) -> None:
    ref, cluster = a_run(), cluster_under_test.make()
    cluster.take_grant(ref)
    impostors = [replace(item, uid="0" * 8) for item in cluster.residue()]
    assert impostors
    cluster.remove(impostors)
    assert cluster.look(ref, ()).has_grant
