"""People meddle with the targets while a fault is in them."""

from chaos.domain.states import RunState, StopKind
from tests.support.builders import a_latency_spec
from tests.support.mishaps import quarantine


def test_a_quarantined_pod_whose_helper_was_killed_is_replaced_like_the_others(world):
    world.cluster.helper_killed = True
    world.at(12, lambda: quarantine(world, "uid-0"))
    world.drive()
    assert world.state is RunState.COMPLETED
    assert not world.cluster.faulty
    assert world.said("run.recreating").body["pods"] == ["api-0", "api-1", "api-2"]
    assert "uid-0" not in world.cluster.standing


def test_a_quarantined_pod_whose_helper_took_the_fault_out_is_left_to_whoever_wanted_it(world):
    world.at(12, lambda: quarantine(world, "uid-0"))
    world.drive()
    assert world.state is RunState.COMPLETED
    assert "uid-0" in world.cluster.standing
    assert not world.cluster.times("remove")


def test_a_target_quarantined_in_the_baseline_is_not_touched(world):
    world.at(3, lambda: quarantine(world, "uid-0"))
    world.drive()
    assert world.store.stop.kind is StopKind.BASELINE
    assert "api-0 is gone or not ready" in world.store.stop.reason
    assert not world.cluster.times("inject")


def test_a_helper_killed_on_a_rung_ends_the_ladder_and_its_pods_are_replaced(ladder):
    world = ladder(spec=a_latency_spec())
    world.cluster.helper_killed = True
    world.drive()
    assert world.store.stop.kind is StopKind.FAULT
    assert "Rung 1 was not undone" in world.store.stop.reason
    assert world.store.record_.marks.clean_at > world.cluster.times("remove")[0]
    assert len(world.cluster.times("inject")) == 1
    assert not world.cluster.faulty
