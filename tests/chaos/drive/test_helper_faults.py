"""A fault that a helper puts into pods: taken out by the helper, or gone with the pods, or never there."""

from datetime import timedelta

from chaos.domain.states import RunState, Verdict
from tests.support.world import World


def test_what_the_helper_took_out_is_proven_gone_and_no_pod_is_touched(world: World) -> None:
    world.drive()
    assert world.state is RunState.COMPLETED
    assert world.cluster.times("remove") == []
    assert {f"uid-{n}" for n in range(6)} == set(world.cluster.standing)
    (progress,) = world.store.record_.progress
    assert progress.injected_at and progress.reverted_at
    assert progress.reverted_at >= world.cluster.times("revert")[0] + world.cluster.undo_in


def test_a_stop_in_mid_fault_lets_the_helper_take_it_out(world: World) -> None:
    world.stop_at(12)
    world.drive()
    assert world.state is RunState.ABORTED
    assert world.store.record_.progress[0].injected_at
    assert world.cluster.times("remove") == []
    assert world.cluster.faulty == {}


def test_a_stop_before_anything_was_put_in_replaces_no_pod(world: World) -> None:
    world.cluster.inject_delay = timedelta(seconds=30)
    world.stop_at(8)
    world.drive()
    (progress,) = world.store.record_.progress
    assert world.state is RunState.ABORTED
    assert progress.requested_at and not progress.injected_at
    assert world.cluster.times("remove") == []


def test_a_fault_that_did_not_reach_all_of_its_targets_proves_nothing_and_says_whom_it_missed(
    world: World,
) -> None:
    world.probe = lambda probe, at: 120.0
    world.cluster.missed = ("api-1", "api-2")
    world.drive()
    assert (world.state, world.store.verdict) == (RunState.COMPLETED, Verdict.INCONCLUSIVE)
    assert world.store.record_.progress[0].hit == ("api-0",)
    assert "the fault was never seen on api-1, api-2" in world.said("run.verdict").text


def test_a_target_that_is_reached_later_than_the_first_counts_as_hit(world: World) -> None:
    world.probe = lambda probe, at: 120.0
    world.cluster.missed = ("api-2",)

    def reach() -> None:
        for said in world.cluster.said.values():
            said["pod/api-2"] = "injected"

    world.at(12, reach)
    world.drive()
    (progress,) = world.store.record_.progress
    assert progress.hit == ("api-0", "api-1", "api-2")
    assert world.store.verdict is Verdict.HELD


def test_the_receipt_says_when_the_proving_probe_never_noticed_the_fault(world: World) -> None:
    sentence = "p99 never left its tolerance while the fault was there, so it proves nothing of its end."
    world.probe = lambda probe, at: 120.0
    world.drive()
    assert world.state is RunState.COMPLETED
    assert world.said("run.receipt").text.endswith(sentence)
    assert world.said("run.receipt").body["unmoved"] == ["p99"]


def test_the_receipt_says_nothing_of_a_probe_that_noticed(world: World) -> None:
    world.drive()
    assert world.said("run.receipt").body["unmoved"] == []
    assert "never left" not in world.said("run.receipt").text
