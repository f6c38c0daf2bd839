"""Somebody else in the cluster takes away what a run depends on."""

from datetime import timedelta

from chaos.domain import codec
from chaos.domain.run import Stop
from chaos.domain.states import RunState, StopKind
from tests.support.fake_cluster import START


def test_a_grant_that_somebody_deleted_stops_the_run(world_of):
    world = world_of()
    world.at(12, lambda: setattr(world.cluster, "grant", False))
    world.drive()
    assert world.store.stop.kind is StopKind.FAULT
    assert "grant is gone" in world.store.stop.reason
    assert world.state is RunState.FAILED


def test_an_engine_that_somebody_deleted_stops_the_run(world_of):
    world = world_of()
    world.at(7, world.cluster.engines.clear)
    world.drive()
    assert "engine" in world.store.stop.reason
    assert world.state is RunState.FAILED
    assert not world.cluster.grant


def pressed(world):
    """Otto's Stop of second 7: what it does in the cluster; its record is for whoever calls this to place."""
    world.at(7, world.cluster.engines.clear)
    return Stop(START + timedelta(seconds=7), StopKind.PERSON, "Enough.", "otto")


def test_a_stop_whose_record_comes_after_what_it_did_is_a_stop_by_a_person(world_of):
    """The engine is gone, the intent is written after that, and the run has blamed somebody else."""
    world = world_of()
    stop = pressed(world)
    world.at(7.5, lambda: setattr(world.store, "stop", stop))
    world.drive()
    assert world.state is RunState.ABORTED
    assert world.said("run.receipt").body["steps"]["decision"] == codec.to_plain(stop.at)
    assert world.store.log[-1].text == "Aborted: Enough; every fault is proven gone."


def test_so_it_is_when_neither_of_them_could_write_for_seconds(world_of):
    """The run is long done when the database is back, and the run's own record comes first."""
    world = world_of()
    stop = pressed(world)
    world.at(6.9, lambda: setattr(world.store, "away", True))
    world.at(20, lambda: setattr(world.store, "away", False))
    world.at(23, lambda: setattr(world.store, "stop", stop))
    world.drive()
    assert world.state is RunState.ABORTED
    assert world.store.log[-1].text == "Aborted: Enough; every fault is proven gone."


def test_who_presses_stop_once_an_engine_was_found_gone_did_not_take_it_away(world_of):
    world = world_of()
    world.at(7, world.cluster.engines.clear)
    world.stop_at(9)
    world.drive()
    assert world.state is RunState.FAILED


def test_with_nobody_to_explain_it_the_run_ends_over_its_own_reason_soon_after_the_database_is_back(world_of):
    world = world_of()
    world.at(7, world.cluster.engines.clear)
    world.at(6.9, lambda: setattr(world.store, "away", True))
    world.at(20, lambda: setattr(world.store, "away", False))
    world.drive()
    assert world.state is RunState.FAILED
    assert world.now() < START + timedelta(seconds=27)
