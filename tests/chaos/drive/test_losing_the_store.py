"""The store goes away: nothing starts, and what is live is stopped from memory."""

from datetime import timedelta

from chaos.domain.errors import StoreUnavailable
from chaos.domain.states import RunState, StopKind
from tests.support.fake_cluster import START


def test_a_store_that_goes_away_in_mid_fault_stops_the_run_from_memory(world_of):
    world = world_of()
    world.at(11, lambda: setattr(world.store, "away", True))
    world.at(60, lambda: setattr(world.store, "away", False))
    world.drive()
    first = world.cluster.times("revert")[0]
    assert first <= START + timedelta(seconds=23), "stopped while the store was still away"
    assert world.store.stop.kind is StopKind.RECORD
    assert world.state is RunState.ABORTED


def test_nothing_is_injected_while_the_store_is_away(world_of):
    world = world_of()
    world.at(3, lambda: setattr(world.store, "away", True))
    world.at(60, lambda: setattr(world.store, "away", False))
    world.drive()
    assert not world.cluster.times("inject")


def test_a_store_that_can_be_read_and_not_written_stops_the_run_from_memory(world_of):
    """What a database is in the middle of a failover, or on a full disk."""
    world = world_of()
    record = world.store.record

    def refuse(*_):
        raise StoreUnavailable("cannot execute UPDATE in a read-only transaction")

    world.at(11, lambda: setattr(world.store, "record", refuse))
    world.at(60, lambda: setattr(world.store, "record", record))
    world.drive()
    assert world.cluster.times("revert")[0] <= START + timedelta(seconds=23)
    assert world.store.stop.kind is StopKind.RECORD
    assert world.state is RunState.ABORTED


def test_nothing_is_injected_into_what_cannot_be_written(world_of):
    world = world_of()
    record = world.store.record

    def refuse(run, fence, change):
        if any(item.requested_at for item in change.progress):
            raise StoreUnavailable("could not extend file: No space left on device")
        return record(run, fence, change)

    world.store.record = refuse
    world.drive()
    assert not world.cluster.times("inject")
    assert world.state.is_final
