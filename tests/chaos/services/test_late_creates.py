"""A create whose answer is lost may land late: nothing is called gone before it no longer can."""

from dataclasses import replace
from datetime import timedelta

from chaos.domain.errors import Transient
from chaos.domain.run import Stop
from chaos.domain.states import RunState, StopKind
from chaos.ports import ActDone
from chaos.services.acts import INJECT, LATE_CREATE
from chaos.services.perceive import Perception, view_of
from tests.support.killing import drive_until_killed
from tests.support.world import START, SimRecorder

SECOND = timedelta(seconds=1)
ENOUGH = Stop(START + 14 * SECOND, StopKind.PERSON, "Enough.", "otto")


def after(seconds):
    return START + seconds * SECOND


def test_a_create_that_was_asked_twice_may_land_late_though_the_second_was_answered(world):
    world.cluster.inject_error = Transient("The API server did not answer.")
    world.at(7, lambda: setattr(world.cluster, "inject_error", None))
    world.at(14, lambda: setattr(world.store, "stop", ENOUGH))
    world.drive()
    assert len(world.cluster.times("inject")) == 2
    last = world.cluster.times("inject")[-1]
    assert world.store.record_.marks.clean_at >= last + LATE_CREATE
    assert world.kinds().count("run.late_create") == 1, "it is said once what is waited for"


def test_a_create_that_went_out_late_is_waited_for_from_then_on(world):
    """Between the intent and the create the cluster is looked at once more, and that takes its time."""
    record = world.store.record_
    view = replace(view_of(record, START), uncertain_until=START + LATE_CREATE, acting=frozenset({INJECT}))
    lost = ActDone(INJECT, after(14), error=Transient("The API server did not answer."))
    seen = Perception(record, SimRecorder(world, 0), START).fold(view, lost)
    assert seen.uncertain_until == after(14) + LATE_CREATE


def test_a_create_that_was_answered_at_once_is_not_waited_for(world):
    world.at(14, lambda: setattr(world.store, "stop", ENOUGH))
    world.drive()
    assert world.store.record_.marks.clean_at < after(30)
    assert "run.late_create" not in world.kinds()


def test_whoever_takes_over_counts_an_unanswered_create_from_the_takeover(world):
    world.cluster.inject_error = Transient("The API server did not answer.")
    drive_until_killed(world, 40)
    world.clock.at += 16 * SECOND
    taken_over = world.clock.at
    world.drive()
    assert world.store.record_.marks.clean_at >= taken_over + LATE_CREATE


def test_whoever_takes_over_only_waits_and_calls_nothing_stranded_that_is_measured_to_be_gone(world):
    """Ten seconds are too few for the wait; that is no fault of what was measured."""
    durations = replace(world.spec.durations, revert_within=10 * SECOND)
    world.spec = replace(world.spec, durations=durations)
    world.store.record_ = replace(world.store.record_, spec=world.spec, spec_digest=world.spec.digest)
    world.cluster.inject_error = Transient("The API server did not answer.")
    drive_until_killed(world, 16)
    world.clock.at += 16 * SECOND
    taken_over = world.clock.at
    world.drive()
    marks = world.store.record_.marks
    assert marks.clean_at >= marks.late_until >= taken_over + LATE_CREATE
    assert (marks.stranded_at, world.kinds().count("run.stranded")) == (None, 0)


def test_an_engine_that_lands_after_all_was_proven_gone_is_deleted_and_all_is_proven_anew(slow_world):
    world, engine = slow_world, []
    world.at(14, lambda: setattr(world.store, "stop", ENOUGH))
    world.at(13, lambda: engine.extend(world.cluster.engines.items()))

    def land():
        assert world.store.record_.marks.clean_at
        (name, (_, injection)) = engine[0]
        targets = tuple(pod for pod, _ in world.cluster.standing.values())[:3]
        began = world.now() - world.cluster.inject_delay
        world.cluster.engines[name] = (began, replace(injection, targets=targets))

    world.at(20, land)
    world.drive()
    marks = world.store.record_.marks
    assert "run.came_back" in world.kinds()
    assert world.kinds().count("run.clean") == 2
    assert marks.clean_at >= after(25), "three pods were deleted again and had to come back"
    assert marks.accepted_at > after(20)
    assert not world.cluster.engines and world.cluster.ready == 6
    assert world.state is RunState.ABORTED
