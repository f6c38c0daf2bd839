"""Whatever stops a run, the cluster is cleared at once and nothing is left."""

from dataclasses import replace
from datetime import timedelta

from chaos.domain.errors import StoreUnavailable
from chaos.domain.run import Stop
from chaos.domain.states import RunState, StopKind, Verdict
from tests.support.fake_cluster import START


def test_blind_in_mid_fault_stops_the_run(world_of):
    world = world_of()
    world.at(12, lambda: setattr(world, "blind", "Prometheus does not answer"))
    world.drive()
    assert world.store.stop.kind is StopKind.BLIND
    assert world.cluster.times("revert")[0] <= START + timedelta(seconds=16)
    assert world.state is RunState.ABORTED
    assert world.store.verdict is Verdict.INCONCLUSIVE


def test_somebody_pressing_stop_is_obeyed_within_a_second(world_of):
    world = world_of()
    stop = Stop(START + timedelta(seconds=12), StopKind.PERSON, "Smoke in the room.", "otto")
    world.at(12, lambda: setattr(world.store, "stop", stop))
    world.drive()
    assert world.cluster.times("revert")[0] <= START + timedelta(seconds=13)
    assert world.state is RunState.ABORTED
    assert world.store.stop.by == "otto"


def test_a_stop_that_comes_during_the_last_look_comes_before_the_create(world_of):
    world = world_of()
    look = world.cluster.experiments

    def while_it_looks():
        world.store.want_stop([world.ref.run], Stop(world.now(), StopKind.PERSON, "Smoke.", "otto"))
        return look()

    world.cluster.experiments = while_it_looks
    world.drive()
    assert not world.cluster.times("inject")
    assert (world.state, world.store.stop.by) == (RunState.ABORTED, "otto")


def test_a_stop_before_anything_began_ends_without_touching_the_cluster(world_of):
    world = world_of()
    world.store.stop = Stop(START, StopKind.PERSON, "Not today.", "otto")
    world.drive()
    assert world.state is RunState.ABORTED
    assert world.cluster.calls == []


def test_the_halt_lever_in_the_cluster_stops_the_run(world_of):
    world = world_of()
    world.at(12, lambda: setattr(world.cluster, "lever", "a real incident"))
    world.drive()
    assert world.store.stop.kind is StopKind.HALT


def test_the_hard_deadline_stops_a_run_whatever_its_probes_say(world_of):
    world = world_of()
    world.store.record_ = replace(world.store.record_, not_after=START + timedelta(seconds=11))
    world.drive()
    assert world.store.stop.kind is StopKind.DEADLINE


def test_the_store_refusing_is_no_reason_to_hold_up_a_stop(world_of):
    world = world_of(overload=900.0)
    world.at(9, lambda: setattr(world.store, "away", True))
    world.at(30, lambda: setattr(world.store, "away", False))
    world.drive()
    assert world.cluster.times("revert")[0] < START + timedelta(seconds=14)
    assert StoreUnavailable not in world.kinds()
