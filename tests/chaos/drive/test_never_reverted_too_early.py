""" "Reverted" is said when it was measured, however long that takes."""

from datetime import timedelta

from chaos.domain.errors import Transient
from chaos.domain.run import Stop
from chaos.domain.states import RunState, StopKind
from tests.support.fake_cluster import START


def test_a_cluster_that_cannot_be_seen_stops_the_run_and_is_never_called_clean(world_of):
    world = world_of()
    world.at(12, lambda: setattr(world.cluster, "unseen", "connection refused"))
    world.at(200, lambda: setattr(world.cluster, "unseen", ""))
    world.drive()
    assert world.store.stop.kind is StopKind.BLIND
    assert world.store.record_.marks.clean_at >= START + timedelta(seconds=200)
    assert "run.stranded" in world.kinds()


def test_a_create_whose_answer_is_lost_counts_as_there_until_it_cannot_land(world_of):
    world = world_of()
    world.cluster.inject_error = Transient("The API server did not answer.")
    stop = Stop(START + timedelta(seconds=8), StopKind.PERSON, "Enough.", "otto")
    world.at(8, lambda: setattr(world.store, "stop", stop))
    world.drive()
    asked = max(world.cluster.times("inject"))
    assert world.store.record_.marks.clean_at >= asked + timedelta(seconds=65)


def test_pods_that_do_not_come_back_leave_the_run_stranded_never_reverted(world_of):
    world = world_of()
    world.cluster.recover_in = None
    world.at(300, lambda: setattr(world.cluster, "standing", {}))
    world.at(300, world.cluster.__post_init__)
    world.drive()
    stranded = world.store.record_.marks.stranded_at
    assert stranded
    assert world.store.record_.marks.clean_at > stranded
    said = next(event for event in world.store.log if event.kind == "run.stranded")
    assert "3 of 6 pods are ready" in said.text


def test_deletes_that_fail_are_repeated_until_they_pass(world_of):
    world = world_of(overload=900.0)
    world.cluster.revert_error = Transient("503")
    world.at(40, lambda: setattr(world.cluster, "revert_error", None))
    world.drive()
    assert len(world.cluster.times("revert")) > 3
    assert world.state is RunState.ABORTED
    assert world.store.record_.marks.clean_at > START + timedelta(seconds=40)


def test_an_engine_that_will_not_go_is_not_called_clean(world_of):
    world = world_of(overload=900.0)
    world.cluster.sticky = True
    world.at(120, lambda: setattr(world.cluster, "sticky", False))
    world.drive()
    assert world.store.record_.marks.clean_at > START + timedelta(seconds=120)
