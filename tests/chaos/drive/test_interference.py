"""Somebody else in the cluster takes away what a run depends on."""

from chaos.domain.states import RunState, StopKind


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
