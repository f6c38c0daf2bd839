"""What holds of decide() whatever the view: walked over thousands of views."""

from dataclasses import replace
from datetime import timedelta
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from chaos.domain.decide import decide
from chaos.domain.decisions import (
    CameBack,
    Clear,
    Climb,
    Decision,
    Finish,
    MarkInjected,
    MarkSteps,
    Move,
    Request,
    Revert,
    TakeGrant,
    Wait,
    WantStop,
)
from chaos.domain.postcondition import live_residue
from chaos.domain.reverting import why_not_gone
from chaos.domain.states import FINAL, RunState, may_move
from chaos.domain.stopping import CLUSTER_BLIND, RECORD_LOST
from tests.domain.strange_views import COUNT, walked
from tests.domain.views import (
    A_STOP,
    NOW,
)

LIVE = (RunState.BASELINING, RunState.INJECTING, RunState.OBSERVING)


def must_stop(view):
    """Every reason to stop, said once more and in another way than the code does."""
    tally = view.tallies["p99"]
    lever = view.lever or (view.seen and view.seen.lever_reason)
    known = [tally.last_known.at] if tally.last_known else []
    since = view.watching_since if view.state is RunState.BASELINING else view.state_since
    return bool(
        view.stop
        or lever
        or view.refusal
        or any(streak >= 2 for streak in tally.breaching)
        or tally.unknown > 2
        or NOW - max([since, *known]) > timedelta(seconds=5)
        or NOW - (view.seen.at if view.seen else view.watching_since) > CLUSTER_BLIND
        or view.not_after < NOW
        or (view.record_lost_since and NOW - view.record_lost_since > RECORD_LOST)
    )


def test_the_walk_meets_every_state_and_every_decision():
    met = {(view.state, type(decision)) for view, decision in walked()}
    assert {state for state, _ in met} == set(RunState)
    assert {decision for _, decision in met} == set(get_args(Decision))
    assert sum(isinstance(decision, Finish) for _, decision in walked()) >= 5
    assert sum(isinstance(decision, MarkSteps) and bool(decision.clean_at) for _, decision in walked()) >= 5


def test_a_run_with_any_reason_to_stop_is_stopped_and_never_started():
    for view, decision in walked():
        if view.state not in LIVE:
            continue
        if must_stop(view):
            assert isinstance(decision, Move if view.stop else WantStop), view
        if isinstance(decision, TakeGrant | Request | MarkInjected | Move) and not view.stop:
            assert not must_stop(view), view


def test_a_rung_is_climbed_only_over_one_that_was_measured_to_be_gone():
    climbed = [view for view, decision in walked() if isinstance(decision, Climb)]
    assert all(progress.reverted_at for view in climbed for progress in view.progress)
    assert all(tally.is_steady for view in climbed for tally in view.tallies.values())


def test_a_wanted_stop_is_never_taken_back_and_leads_only_onwards():
    for view, _ in walked():
        decision = decide(replace(view, stop=A_STOP), NOW)
        assert not isinstance(decision, TakeGrant | Request | MarkInjected | WantStop), view
        if isinstance(decision, Move):
            pending = view.state is RunState.PENDING
            assert decision.to is (RunState.ABORTED if pending else RunState.REVERTING), view
        if isinstance(decision, Finish):
            assert decision.to is RunState.ABORTED, view


def test_every_move_is_a_legal_one_and_only_reverting_finishes():
    for view, decision in walked():
        if isinstance(decision, Move | Finish):
            assert may_move(view.state, decision.to), view
        if isinstance(decision, Finish | Revert | Clear | CameBack):
            assert view.state is RunState.REVERTING, view
        if view.state in FINAL:
            assert decision == Wait(), view


def test_no_end_with_residue_in_the_newest_look_or_without_the_proof():
    for view, decision in walked():
        if isinstance(decision, Finish):
            assert view.marks.clean_at and view.marks.cleared_at, view
            assert view.seen.began_at > view.marks.cleared_at, view
            assert not view.seen.residue and not view.acting, view
        if isinstance(decision, Clear):
            came_back = view.seen and view.seen.began_at > view.marks.clean_at and live_residue(view.seen)
            assert not came_back or view.seen.began_at < view.state_since, view


def test_gone_is_said_only_of_a_whole_look_that_began_after_everything_was_done():
    for view, decision in walked():
        if isinstance(decision, MarkSteps) and decision.clean_at:
            began = view.seen.began_at
            assert not why_not_gone(view) and not live_residue(view.seen), view
            assert not view.acting, view
            marks = (view.marks.accepted_at, view.marks.pods_gone_at)
            before = (view.state_since, *marks, view.uncertain_until, view.last_act_at)
            assert all(instant is None or began >= instant for instant in before), view


def test_nothing_is_injected_without_a_grant_and_a_steady_state_first():
    for view, decision in walked():
        if isinstance(decision, Request):
            assert view.state is RunState.INJECTING, view
        if isinstance(decision, Move) and decision.to is RunState.INJECTING:
            assert view.marks.granted_at and view.marks.baseline_at, view
            assert view.tallies["p99"].is_steady and not view.acting, view


def test_nothing_is_asked_for_that_the_newest_limits_do_not_allow():
    for view, decision in walked():
        if isinstance(decision, Request):
            (injection,), (progress,) = view.injections, view.progress
            assert view.limits_at > (progress.intended_at or view.state_since), view
            assert view.limits.max_percent == 50 or not injection.targets, view
        if isinstance(decision, Climb):
            assert view.limits is not None, view


@settings(max_examples=40, deadline=None)
@given(st.integers(0, COUNT - 1), st.timedeltas(timedelta(0), timedelta(hours=2)))
def test_time_alone_never_makes_a_stopped_run_start_again(index, later):
    view = replace(walked()[index][0], stop=A_STOP)
    decision = decide(view, NOW + later)
    assert not isinstance(decision, TakeGrant | Request | MarkInjected | WantStop)
