"""The way back: act, measure, clear, end. One view, one answer."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chaos.domain import reverting
from chaos.domain.decisions import AwaitLate, CameBack, Clear, Finish, MarkSteps, Revert, Wait
from chaos.domain.run import Marks, Stop
from chaos.domain.sight import ResidueKind
from chaos.domain.spec import Freshness
from chaos.domain.states import RunState, StopKind
from tests.domain.views import A_STOP, NOW, a_sight, a_view, ago, engine, residue, said, tallies
from tests.support.builders import a_manual_spec, a_probe, a_spec, pods

ACCEPTED = Marks(granted_at=ago(60), ended_at=ago(3), accepted_at=ago(2))
GONE = replace(ACCEPTED, pods_gone_at=ago(1.5))
CLEAN = replace(GONE, clean_at=ago(1.4))
STEADY = replace(CLEAN, steady_at=ago(1))
CLEARED = replace(STEADY, cleared_at=ago(0.9))


def nothing(**changes):
    return a_sight(**({"engines": (), "residue": (), "has_grant": False} | changes))


def answer(marks=ACCEPTED, seen=None, **changes):
    changes = {"last_act_at": ago(2)} | changes
    view = a_view(RunState.REVERTING, marks=marks, seen=seen or nothing(), **changes)
    return reverting.decide(view, NOW)


def test_the_first_thing_is_to_delete_whatever_was_seen():
    assert answer(Marks(), last_act_at=None) == Revert()
    assert answer(Marks(), last_act_at=None, seen=a_sight(10)) == Revert()


def test_a_delete_under_way_is_not_doubled():
    assert answer(Marks(), acting=frozenset({"revert"})) == Wait()


def test_a_delete_that_failed_is_repeated_after_two_seconds_then_ever_more_slowly_up_to_thirty():
    for elapsed, wait in ((1, 2), (8, 2), (40, 10), (120, 30), (9999, 30)):
        tried = {
            "state_since": ago(elapsed),
            "marks": Marks(stranded_at=ago(0)),
            "seen": nothing(),
            "left_noted_at": NOW,
        }
        early = a_view(RunState.REVERTING, last_act_at=ago(wait - 0.01), **tried)
        late = a_view(RunState.REVERTING, last_act_at=ago(wait), **tried)
        assert reverting.decide(early, NOW) == Wait(), elapsed
        assert reverting.decide(late, NOW) == Revert(), elapsed


def test_what_is_still_there_after_every_delete_was_taken_is_deleted_again_but_not_at_once():
    there = nothing(residue=(engine(),))
    assert answer(GONE, seen=there, last_act_at=ago(1)) == Wait()
    assert answer(GONE, seen=there, last_act_at=ago(2)) == Revert()
    old = replace(there, began_at=ago(2.5))
    assert answer(GONE, seen=old, last_act_at=ago(2)) == Wait(), "that look is from before the delete"


def test_pods_are_gone_when_a_look_after_the_deletes_shows_none():
    assert answer() == MarkSteps(pods_gone_at=nothing().at)
    assert answer(seen=nothing(residue=(residue(ResidueKind.JOB),)), last_act_at=ago(1)) == Wait()
    before = replace(nothing(), began_at=ago(2.1))
    assert answer(seen=before) == Wait(), "none may have been there yet"


def test_gone_is_said_after_a_whole_look_at_a_clean_cluster():
    assert answer(GONE) == MarkSteps(clean_at=nothing().at)


def test_gone_is_said_as_of_the_last_reading_that_proves_it():
    marks = replace(GONE, accepted_at=ago(3), pods_gone_at=ago(3))
    by_hand = {"spec": a_manual_spec(), "words": (said("reverted", 2.5),)}
    assert answer(marks, last_act_at=ago(3), **by_hand) == MarkSteps(clean_at=NOW)
    assert nothing().at < NOW


def test_gone_is_said_by_a_look_that_began_when_the_helpers_were_gone_and_by_none_before():
    """A look reads the nodes first, and then what is left of the helpers: one that ended in between had its
    turn at the node after that was read."""
    torn = replace(nothing(), began_at=ago(1.6))
    assert answer(GONE, seen=torn) == Wait()
    assert answer(GONE, seen=replace(torn, began_at=ago(1.5))) == MarkSteps(clean_at=torn.at)


@pytest.mark.parametrize(
    "changes",
    [
        {"seen": a_sight(5, engines=())},
        {"seen": nothing(residue=(engine("finalizer"),)), "last_act_at": ago(1)},
        {"seen": nothing(pods=pods()[1:])},
        {"acting": frozenset({"inject"})},
        {"acting": frozenset({"read"})},
        {"last_act_at": ago(0.2)},
        {"uncertain_until": ago(0.1), "told_until": ago(0.1)},
        {"uncertain_until": NOW + timedelta(seconds=60), "told_until": NOW + timedelta(seconds=60)},
        {"marks": replace(GONE, accepted_at=None), "last_act_at": ago(1)},
    ],
    ids=[
        "a look from before reverting",
        "an engine",
        "a pod short",
        "a create under way",
        "a read under way",
        "a look from before the last act's end",
        "a create that could land behind this look",
        "a create that may still land",
        "deletes not taken yet",
    ],
)
def test_gone_is_not_said(changes):
    assert answer(**({"marks": GONE} | changes)) == Wait()


def test_once_only_a_lost_answer_is_waited_for_that_is_said_once_and_again_when_it_takes_longer():
    until = NOW + timedelta(seconds=60)
    told = AwaitLate(until, nothing().at)
    assert answer(GONE, uncertain_until=until) == told
    assert answer(GONE, uncertain_until=until, told_until=ago(5)) == told
    assert answer(GONE, uncertain_until=until, seen=nothing(pods=pods()[1:])) == Wait(), "a pod is short"


def test_a_run_that_requested_nothing_need_not_prove_pods_it_never_touched():
    view = a_view(RunState.REVERTING, marks=GONE, seen=nothing(pods=()), last_act_at=ago(2))
    untouched = replace(view, progress=(replace(view.progress[0], requested_at=None, injected_at=None),))
    assert reverting.decide(untouched, NOW) == MarkSteps(clean_at=nothing().at)


def test_past_its_deadline_a_run_is_stranded_once_and_goes_on_trying():
    late = {"state_since": ago(60.1), "seen": nothing(residue=(engine(),))}
    assert answer(**late) == MarkSteps(stranded_at=NOW)
    stranded = replace(ACCEPTED, stranded_at=ago(0.05))
    assert answer(stranded, **late | {"last_act_at": ago(20)}) == Revert()
    assert answer(replace(GONE, stranded_at=ago(30)), state_since=ago(90)) == MarkSteps(clean_at=nothing().at)


def test_however_short_the_deadline_the_deletes_follow():
    spec = a_view().spec
    tiny = replace(spec, durations=replace(spec.durations, revert_within=timedelta(0)))
    view = a_view(RunState.REVERTING, tiny, marks=Marks(), seen=nothing())
    assert reverting.decide(view, NOW) == MarkSteps(stranded_at=NOW)
    assert reverting.decide(replace(view, marks=Marks(stranded_at=NOW)), NOW) == Revert()


def test_once_proven_gone_the_steady_state_is_awaited_and_the_cluster_cleared():
    assert answer(CLEAN, tallies=tallies(values=(300.0,))) == Clear()
    assert answer(CLEAN) == MarkSteps(steady_at=NOW)
    assert answer(STEADY) == Clear()
    assert answer(CLEAN, tallies=tallies(last=1.4)) == Clear(), "green from before it was gone is not back"


def test_a_steady_state_is_not_back_by_samples_from_before_it_was_gone():
    """CLEAN is 1.4 s ago; a reading of now may rest on a sample as old as the probe's freshness allows."""
    for age, expected in ((1, MarkSteps(steady_at=NOW)), (2, Clear())):
        probe = replace(a_probe(), freshness=Freshness("requests_total", timedelta(seconds=age)))
        spec = a_spec(probes=(probe,))
        assert answer(CLEAN, spec=spec, tallies=tallies(spec)) == expected


def test_a_clear_that_failed_is_repeated_ever_more_slowly():
    assert answer(STEADY, failed_acts=1, last_act_at=ago(3.9)) == Wait()
    assert answer(STEADY, failed_acts=1, last_act_at=ago(4)) == Clear()
    assert answer(STEADY, failed_acts=9, last_act_at=ago(29)) == Wait()
    assert answer(STEADY, failed_acts=9, last_act_at=ago(30)) == Clear()
    assert answer(STEADY, acting=frozenset({"clear"})) == Wait()


@pytest.mark.parametrize("kind", [ResidueKind.GRANT, ResidueKind.RESULT])
def test_what_clearing_left_is_cleared_again(kind):
    there = nothing(residue=(residue(kind),))
    assert answer(CLEARED, seen=there, last_act_at=ago(2)) == Clear()
    assert answer(CLEARED, seen=there, last_act_at=ago(1)) == Wait()


@pytest.mark.parametrize("kind", [ResidueKind.ENGINE, ResidueKind.JOB, ResidueKind.POD, ResidueKind.POLICY])
@pytest.mark.parametrize("marks", [CLEAN, STEADY, CLEARED])
def test_what_comes_back_after_it_was_proven_gone_voids_the_proof(marks, kind):
    assert answer(marks, seen=nothing(residue=(residue(kind),))) == CameBack()


@pytest.mark.parametrize(
    "kind, end",
    [
        (None, RunState.COMPLETED),
        (StopKind.FAULT, RunState.FAILED),
        *[(kind, RunState.ABORTED) for kind in StopKind if kind is not StopKind.FAULT],
    ],
)
def test_an_end_says_whether_the_run_was_stopped_and_whether_the_fault_was_to_blame(kind, end):
    stop = Stop(ago(5), kind, "why") if kind else None
    assert answer(CLEARED, stop=stop) == Finish(end)


def test_no_end_before_a_look_after_the_clearing():
    old = replace(nothing(), began_at=ago(0.9))
    assert answer(CLEARED, seen=old) == Wait()
    assert answer(CLEARED, acting=frozenset({"clear"})) == Wait()


def test_a_steady_state_that_does_not_return_is_awaited_for_a_minute_and_no_longer():
    bad = {"tallies": tallies(values=(300.0,)), "stop": A_STOP, "state_since": ago(90)}
    marks = replace(CLEARED, steady_at=None, clean_at=ago(60), cleared_at=ago(50))
    assert answer(marks, **bad) == Wait()
    assert answer(replace(marks, clean_at=ago(60.1)), **bad) == Finish(RunState.ABORTED)


def test_it_is_awaited_for_a_minute_after_a_reading_can_show_it():
    spec = a_spec(probes=(replace(a_probe(), freshness=Freshness("requests_total", timedelta(seconds=20))),))
    bad = {"spec": spec, "tallies": tallies(spec, (300.0,)), "stop": A_STOP, "state_since": ago(90)}
    marks = replace(CLEARED, steady_at=None, clean_at=ago(80), cleared_at=ago(50))
    assert answer(marks, **bad) == Wait()
    assert answer(replace(marks, clean_at=ago(80.1)), **bad) == Finish(RunState.ABORTED)


def test_why_not_gone_says_everything_that_is_left():
    sight = nothing(residue=(engine("Terminating since 12 s"),), pods=pods()[2:])
    view = a_view(RunState.REVERTING, seen=sight)
    assert reverting.why_not_gone(view) == (
        "ChaosEngine chaos/gd-0f0e0d0c-0 (Terminating since 12 s)",
        "4 of 6 pods are ready in payments",
    )
    assert "has not been seen" in reverting.why_not_gone(replace(view, seen=None))[0]
    assert "has not been seen" in reverting.why_not_gone(replace(view, seen=a_sight(10)))[0]
