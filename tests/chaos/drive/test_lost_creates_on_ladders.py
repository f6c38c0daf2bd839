"""A create whose answer is lost on a rung: no rung is climbed while it may still land."""

from datetime import timedelta

import pytest

from chaos.domain.errors import Transient
from chaos.domain.states import RunState, StopKind
from chaos.services.acts import LATE_CREATE
from tests.support.fake_cluster import START
from tests.support.killing import drive_until_killed
from tests.support.mishaps import land, lose_the_next_create

SECOND = timedelta(seconds=1)


def requested(world):
    return [progress.requested_at for progress in world.store.record_.progress]


@pytest.mark.parametrize("lands_after", [None, 1, 20, 50])
def test_the_next_rung_waits_until_a_lost_create_can_no_longer_land(ladder, lands_after):
    """Whether it never lands, before it is asked again, or after its engine was deleted."""
    world = ladder()
    lands = None if lands_after is None else lands_after * SECOND
    world.at(12, lambda: lose_the_next_create(world, lands))
    world.drive()
    second_rung = [
        at for at in world.cluster.times("inject") if requested(world)[1] <= at < requested(world)[2]
    ]
    assert len(second_rung) == 2, "lost, and asked again"
    assert requested(world)[2] >= second_rung[-1] + LATE_CREATE
    assert world.store.record_.progress[1].reverted_at >= second_rung[-1] + LATE_CREATE
    assert world.state is RunState.COMPLETED
    assert not world.cluster.engines


def test_what_a_lost_create_brings_back_after_its_rung_is_deleted_again(ladder):
    world = ladder()
    world.at(12, lambda: lose_the_next_create(world, 30 * SECOND))
    world.drive()
    landed = requested(world)[1] + 30 * SECOND
    deleted = [at for at in world.cluster.times("revert") if landed <= at < requested(world)[2]]
    assert deleted and deleted[0] <= landed + 5 * SECOND
    assert world.state is RunState.COMPLETED


def test_a_lost_create_that_lands_though_it_no_longer_could_ends_the_ladder(ladder):
    """An API server slower than its own deadline: seen on the next rung, and the run is reverted as one."""
    world = ladder()
    world.at(12, lambda: lose_the_next_create(world, 72 * SECOND))
    world.drive()
    assert world.store.stop.kind is StopKind.FAULT
    assert "What was proven gone is back: gd-0f0e0d0c-1." in world.store.stop.reason
    assert world.state is RunState.FAILED
    assert not world.cluster.engines


def test_whoever_takes_over_on_a_ladder_keeps_the_doubt_about_a_lost_create(ladder):
    world = ladder()
    world.at(12, lambda: setattr(world.cluster, "inject_error", Transient("The API server did not answer.")))
    drive_until_killed(world, 30)
    lost = world.store.record_.injections[1]
    assert world.store.record_.progress[1].answered_at is None
    world.cluster.inject_error = None
    world.clock.at += 16 * SECOND
    taken_over = world.clock.at
    seconds = (taken_over - START).total_seconds()
    world.at(seconds + 40, lambda: land(world, lost))
    world.drive()
    marks = world.store.record_.marks
    assert world.state is RunState.ABORTED
    assert marks.clean_at >= taken_over + LATE_CREATE
    assert not world.cluster.engines, "what landed after the takeover was deleted too"
    assert not [at for at in world.cluster.times("inject") if at > taken_over]
