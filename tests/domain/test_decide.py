"""decide(): what comes next in each state, one view and one answer at a time."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chaos.domain.decide import BASELINE_GRACE, START_WITHIN, decide
from chaos.domain.decisions import MarkInjected, MarkSteps, Move, Request, TakeGrant, Wait, WantStop
from chaos.domain.injection import Progress
from chaos.domain.run import ASK_AGAIN, Marks
from chaos.domain.sight import EngineSeen, ResultSeen
from chaos.domain.states import FINAL, RunState, StopKind
from tests.domain.views import A_STOP, ENGINE, NOW, a_sight, a_view, ago, replaced_pods, said, tallies
from tests.support.builders import a_manual_spec, pods

LIVE = (RunState.BASELINING, RunState.INJECTING, RunState.OBSERVING)
STEADY = Marks(granted_at=ago(20), baseline_at=ago(0.1))


def answer(state, spec=None, **changes):
    return decide(a_view(state, spec, **changes), NOW)


def asked(seconds, answered=True, **changes):
    """Requested so long ago, and looked at since."""
    at = ago(seconds)
    progress = Progress(0, requested_at=at, answered_at=at if answered else None, not_before=ago(0.4))
    return {"progress": (progress,), "state_since": at} | changes


@pytest.mark.parametrize("state", sorted(FINAL))
def test_nothing_follows_an_end(state):
    assert answer(state, stop=A_STOP, lever="an incident") == Wait()


def test_a_launched_run_measures_its_steady_state_first():
    decision = answer(RunState.PENDING)
    assert isinstance(decision, Move)
    assert decision.to is RunState.BASELINING


def test_a_run_stopped_before_anything_began_just_ends():
    assert answer(RunState.PENDING, stop=A_STOP) == Move(RunState.ABORTED, A_STOP.reason)
    assert answer(RunState.PENDING, lever="an incident").stop.kind is StopKind.HALT


def test_a_run_that_no_driver_took_up_in_time_never_begins():
    just, late = NOW - timedelta(seconds=60), NOW - timedelta(seconds=61)
    assert answer(RunState.PENDING, state_since=just).to is RunState.BASELINING
    stop = answer(RunState.PENDING, state_since=late).stop
    assert (stop.kind, stop.reason) == (
        StopKind.DEADLINE,
        "No driver took it up within 1 min; nothing was injected.",
    )


@pytest.mark.parametrize("state", LIVE)
def test_a_wanted_stop_leads_to_reverting_from_every_live_state_whatever_is_under_way(state):
    moved = Move(RunState.REVERTING, A_STOP.reason)
    assert answer(state, stop=A_STOP) == moved
    assert answer(state, stop=A_STOP, acting=frozenset({"inject", "grant"}), lever="too") == moved


@pytest.mark.parametrize("state", LIVE)
def test_a_reason_to_stop_does_not_wait_for_what_is_under_way(state):
    breach = tallies(values=(600.0, 600.0))
    assert isinstance(answer(state, tallies=breach, acting=frozenset({"inject"})), WantStop)
    assert answer(state, acting=frozenset({"inject"})) == Wait()


def test_the_grant_comes_before_everything_else():
    ungranted = {"marks": Marks(), "state_since": ago(0)}
    assert answer(RunState.BASELINING, **ungranted) == TakeGrant()
    tried = {"failed_acts": 1, "last_act_at": NOW - ASK_AGAIN}
    assert answer(RunState.BASELINING, **ungranted | tried) == Wait()
    assert answer(RunState.BASELINING, **ungranted | tried | {"last_act_at": ago(2.1)}) == TakeGrant()
    assert answer(RunState.BASELINING, **ungranted, failed_acts=3).stop.kind is StopKind.FAULT


def test_the_baseline_takes_its_time_then_its_mark_then_the_injection():
    assert answer(RunState.BASELINING, state_since=ago(4.9)) == Wait()
    assert answer(RunState.BASELINING) == MarkSteps(baseline_at=NOW)
    assert answer(RunState.BASELINING, marks=STEADY).to is RunState.INJECTING


def test_a_baseline_that_is_not_steady_waits_a_little_and_then_stops_with_the_value():
    late = ago(5 + BASELINE_GRACE.total_seconds() + 0.1)
    bad = {"tallies": tallies(values=(250.0,) * 3)}
    assert answer(RunState.BASELINING, **bad) == Wait()
    stop = answer(RunState.BASELINING, state_since=late, **bad).stop
    assert stop.kind is StopKind.BASELINE
    assert "p99 is 250 ms, expected < 200 ms." in stop.reason


@pytest.mark.parametrize(
    "changes, said",
    [
        ({}, "nobody looked for 16 s, from 10:00:08 to 10:00:24 UTC."),
        (
            {"tallies": tallies(values=()), "watching_since": ago(3)},
            "nobody looked for 19 s, from 10:00:08 to 10:00:27 UTC.",
        ),
        ({"read_until": None}, "nobody looked for 20 s, from 10:00:04 to 10:00:24 UTC."),
        (
            {"watching_since": ago(40)},
            "p99 is 120 ms, as it should be, and was so 2 times in a row; it takes 3.",
        ),
    ],
    ids=["a few readings", "none", "nobody had looked yet", "the same driver all along"],
)
def test_a_baseline_of_which_too_little_was_seen_says_that_and_no_value_that_is_as_it_should_be(
    changes, said
):
    values = {"tallies": tallies(values=(120.0, 120.0)), "read_until": ago(22), "watching_since": ago(6)}
    stop = answer(RunState.BASELINING, state_since=ago(26), **(values | changes)).stop
    assert stop.kind is StopKind.BASELINE
    assert stop.reason == f"The steady state was not shown before anything is injected: {said}"


def test_a_value_that_is_out_of_its_tolerance_is_said_whoever_drove():
    bad = {"tallies": tallies(values=(250.0,)), "read_until": ago(22), "watching_since": ago(6)}
    stop = answer(RunState.BASELINING, state_since=ago(26), **bad).stop
    assert "p99 is 250 ms, expected < 200 ms." in stop.reason


@pytest.mark.parametrize("marks", [Marks(granted_at=ago(20)), STEADY], ids=["before the mark", "after it"])
@pytest.mark.parametrize("there", [pods()[1:], replaced_pods(), replaced_pods(ready=False)])
def test_targets_that_changed_since_the_launch_are_not_touched(there, marks):
    stop = answer(RunState.BASELINING, seen=a_sight(pods=there), marks=marks).stop
    assert stop.kind is StopKind.BASELINE
    assert "api-0" in stop.reason


def test_nothing_is_injected_into_a_cluster_that_was_never_seen():
    assert answer(RunState.BASELINING, seen=None, sight=None, watching_since=ago(2), marks=STEADY) == Wait()


def test_an_injection_is_requested_once_and_measured_between_two_looks():
    assert answer(RunState.INJECTING, progress=(Progress(0),)) == Request(0)
    assert answer(RunState.INJECTING, **asked(4)) == Wait()
    gone = a_sight(pods=pods()[1:])
    found = answer(RunState.INJECTING, **asked(4, seen=gone))
    assert found == MarkInjected(0, ago(0.4), gone.at)


def test_a_pod_that_was_missing_before_the_request_is_not_taken_for_the_fault():
    earlier = a_sight(4.1, pods=pods()[1:], engines=())
    assert answer(RunState.INJECTING, **asked(4, seen=earlier)) == Wait()


def test_a_create_without_an_answer_is_asked_again_but_not_at_once():
    lost = asked(4, answered=False, failed_acts=1)
    assert answer(RunState.INJECTING, **lost, last_act_at=ago(2)) == Wait()
    assert answer(RunState.INJECTING, **lost, last_act_at=ago(2.1)) == Request(0)
    assert answer(RunState.INJECTING, **asked(4, answered=False)) == Request(0), "a driver that took over"


@pytest.mark.parametrize(
    "sight, sentence",
    [
        ({"results": (ResultSeen("r", ENGINE, verdict="Error", error="no pods"),)}, "not inject: no pods"),
        ({"results": (ResultSeen("r", ENGINE, phase="Error"),)}, "could not inject: Error"),
        ({"engines": (EngineSeen(ENGINE, "u", "active", "completed"),)}, "ended the engine (completed)"),
        ({"engines": (EngineSeen(ENGINE, "u", "stop", "stopped"),)}, "ended the engine (stopped)"),
    ],
)  # fmt: skip
def test_a_fault_that_litmus_gives_up_fails_the_run(sight, sentence):
    stop = answer(RunState.INJECTING, **asked(4, seen=a_sight(**sight))).stop
    assert stop.kind is StopKind.FAULT
    assert sentence in stop.reason


def test_a_fault_that_does_not_appear_in_time_fails_the_run():
    limit = START_WITHIN.total_seconds()
    watched = {"tallies": tallies(values=(120.0,) * 3)}
    assert answer(RunState.INJECTING, **asked(limit), **watched) == Wait()
    stop = answer(RunState.INJECTING, **asked(limit + 0.1), **watched).stop
    assert "did not appear within 120 s; its engine is initialized" in stop.reason


def test_a_person_is_waited_for_and_believed_for_the_instant():
    spec = a_manual_spec()
    assert answer(RunState.INJECTING, spec, **asked(60, False, tallies=tallies(spec))) == Wait()
    stop = answer(RunState.INJECTING, spec, **asked(60.1, False, tallies=tallies(spec))).stop
    assert "Nobody said within 60 s" in stop.reason
    word = said("injected", 1)
    found = answer(RunState.INJECTING, spec, **asked(30, False, words=(word,), tallies=tallies(spec)))
    assert found == MarkInjected(0, word.at, word.at)


def test_the_faults_time_counts_from_when_it_was_measured_to_be_there():
    there = Progress(0, requested_at=ago(20), answered_at=ago(20), injected_at=ago(10))
    assert answer(RunState.INJECTING, progress=(there,), state_since=ago(20)).to is RunState.OBSERVING
    younger = replace(there, injected_at=ago(9.9))
    assert answer(RunState.INJECTING, progress=(younger,), state_since=ago(20)) == Wait()


def test_after_observing_long_enough_the_way_back_begins():
    assert answer(RunState.OBSERVING, state_since=ago(9.9)) == Wait()
    decision = answer(RunState.OBSERVING, state_since=ago(10))
    assert (decision.to, decision.why) == (RunState.REVERTING, "Observed long enough.")


def test_the_hard_deadline_is_looked_at_in_every_live_state():
    for state in LIVE:
        stop = answer(state, not_after=NOW - timedelta(milliseconds=1)).stop
        assert stop.kind is StopKind.DEADLINE
