"""Each reason to stop alone, their order, and None when all is well."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chaos.domain.sight import ClusterSight
from chaos.domain.states import RunState, StopKind
from chaos.domain.stopping import CLUSTER_BLIND, RECORD_LOST, why_stop
from chaos.domain.tally import tallies_of
from tests.domain.views import NOW, a_sight, a_view, ago, reading, readings, tallies
from tests.support.builders import a_spec

LIVE = (RunState.BASELINING, RunState.INJECTING, RunState.OBSERVING)
FAULT_MAY_BE_LIVE = (RunState.INJECTING, RunState.OBSERVING)


def unseen(seconds):
    return {"sight": ClusterSight(ago(0.2), ago(0.1), unseen="connection refused"), "seen": a_sight(seconds)}


ALONE = {
    "halted by the database's lever": ({"lever": "an incident (by otto)"}, StopKind.HALT, "an incident"),
    "halted by the cluster's lever": (
        {"seen": a_sight(lever_reason="an incident")},
        StopKind.HALT,
        "Everything is halted: an incident",
    ),
    "a breach": (
        {"tallies": tallies(values=(120.0, 600.0, 612.5))},
        StopKind.BREACH,
        "p99 was 600 ms at first and 612.5 ms at the last of 2 readings in a row; the run stops",
    ),
    "a breach by the same value": (
        {"tallies": tallies(values=(120.0, 600.0, 600.0))},
        StopKind.BREACH,
        "p99 was 600 ms, 2 times in a row; the run stops when it is > 500 ms.",
    ),
    "a start that was refused": (
        {"refusal": "Gameday may not create it."},
        StopKind.FAULT,
        "Gameday may not create it.",
    ),
    "a probe unknown too often": (
        {"tallies": tallies(values=(120.0, None, None, None))},
        StopKind.BLIND,
        "Blind: p99 has been unknown 3 times",
    ),
    "a probe that hangs": (
        {"tallies": tallies(last=5.1), "state_since": ago(30), "watching_since": ago(40)},
        StopKind.BLIND,
        "p99 has not been known for 5.1 s",
    ),
    "a cluster that is not seen": (
        unseen(8.2),
        StopKind.BLIND,
        "has not been seen for 8 s: connection refused",
    ),
    "the hard deadline": ({"not_after": ago(0.001)}, StopKind.DEADLINE, "hard deadline, 10:00:29 UTC"),
    "no record": (
        {"record_lost_since": ago(10.1)},
        StopKind.RECORD,
        "Nothing could be written down for 10 s",
    ),
}


@pytest.mark.parametrize("state", LIVE)
def test_a_run_in_good_order_goes_on(state):
    assert why_stop(a_view(state), NOW) is None


@pytest.mark.parametrize("state", LIVE)
@pytest.mark.parametrize("changes, kind, sentence", ALONE.values(), ids=ALONE)
def test_each_reason_alone_stops_a_live_run_with_its_sentence(state, changes, kind, sentence):
    stop = why_stop(replace(a_view(state), **changes), NOW)
    assert (stop.kind, stop.at, stop.by) == (kind, NOW, "")
    assert sentence in stop.reason


@pytest.mark.parametrize(
    "changes",
    [
        {"record_lost_since": NOW - RECORD_LOST},
        {"not_after": NOW},
        unseen(CLUSTER_BLIND.total_seconds() + 0.1),
        {"tallies": tallies(values=(120.0, None, None))},
        {"tallies": tallies(values=(120.0, 600.0))},
    ],
    ids=["record", "deadline", "cluster", "probe", "breach"],
)
def test_up_to_its_limit_nothing_is_a_reason(changes):
    assert why_stop(replace(a_view(), **changes), NOW) is None


def test_the_reasons_have_an_order_and_the_first_one_is_named():
    everything = {name: value for changes, _, _ in ALONE.values() for name, value in changes.items()}
    everything |= {"tallies": tallies(values=(600.0, 600.0)), "lever": "an incident"}
    view, order = replace(a_view(), **everything), []
    for _ in range(4):
        stop = why_stop(view, NOW)
        order.append(stop.kind)
        match stop.kind:
            case StopKind.HALT:
                view = replace(view, lever="", seen=a_sight(9))
            case StopKind.BREACH:
                view = replace(view, tallies=tallies())
            case StopKind.FAULT:
                view = replace(view, refusal="")
    assert order == [StopKind.HALT, StopKind.BREACH, StopKind.FAULT, StopKind.BLIND]


def test_a_cluster_never_seen_is_blindness_from_when_watching_began():
    view = replace(a_view(RunState.BASELINING), seen=None, sight=None, watching_since=ago(8.1))
    assert why_stop(view, NOW).kind is StopKind.BLIND
    assert why_stop(replace(view, watching_since=ago(7.9)), NOW) is None


GAP = tallies_of(a_spec(), [reading(120.0, 20), *readings(120.0, 120.0)])


@pytest.mark.parametrize("state", FAULT_MAY_BE_LIVE)
def test_with_a_fault_that_may_be_live_a_gap_in_watching_is_blindness_though_it_is_over(state):
    view = replace(a_view(state), tallies=GAP, state_since=ago(19))
    stop = why_stop(view, NOW)
    assert stop.kind is StopKind.BLIND
    assert "nobody watched p99" in stop.reason


AFTER_A_DRIVER = {
    "before it sees anything": [*readings(120.0, 120.0, last=15.6)],
    "once it sees again": [*readings(120.0, 120.0, last=15.6), reading(120.0)],
    "though the first it sees is unknown": [*readings(120.0, 120.0, last=15.6), reading(None)],
    "though the driver before was blind": [*readings(120.0, None, None, last=15.6), reading(120.0)],
}


@pytest.mark.parametrize("state", FAULT_MAY_BE_LIVE)
@pytest.mark.parametrize("read", AFTER_A_DRIVER.values(), ids=AFTER_A_DRIVER)
def test_a_driver_that_finds_a_gap_says_that_nobody_drove_and_when(state, read):
    changes = {"tallies": tallies_of(a_spec(), read), "state_since": ago(30), "watching_since": ago(0.4)}
    stop = why_stop(replace(a_view(state), **changes), NOW)
    assert stop.kind is StopKind.BLIND
    assert stop.reason.startswith("Blind: nobody drove the run from 10:00:14 to 10:00:29 UTC; ")


def test_a_gap_counts_from_when_the_fault_may_be_live():
    changes = {"tallies": tallies(last=25), "state_since": ago(20), "watching_since": ago(0.4)}
    assert "from 10:00:10 to 10:00:29" in why_stop(replace(a_view(), **changes), NOW).reason


@pytest.mark.parametrize(
    "read",
    [
        readings(120.0, last=15.6),
        [*readings(120.0, last=19), *readings(None, None, None)],
        [reading(120.0, 25), *readings(120.0, 120.0, last=19), *readings(None, None, None)],
    ],
    ids=["it hangs", "it is unknown", "another driver's gap"],
)
def test_a_probe_that_its_own_driver_cannot_read_is_blamed_on_no_other(read):
    changes = {"tallies": tallies_of(a_spec(), read), "state_since": ago(30), "watching_since": ago(19.5)}
    stop = why_stop(replace(a_view(), **changes), NOW)
    assert stop.kind is StopKind.BLIND
    assert "drove" not in stop.reason


def test_a_gap_before_the_fault_is_no_reason():
    assert why_stop(replace(a_view(RunState.BASELINING), tallies=GAP), NOW) is None
    assert why_stop(replace(a_view(), tallies=GAP, state_since=ago(0.5)), NOW) is None


def test_while_nothing_is_injected_a_new_driver_begins_to_look_afresh():
    old = tallies(last=30)
    view = replace(a_view(RunState.BASELINING), tallies=old, watching_since=ago(2), state_since=ago(60))
    assert why_stop(view, NOW) is None
    live = replace(a_view(), tallies=old, watching_since=ago(2), state_since=ago(60))
    assert why_stop(live, NOW).kind is StopKind.BLIND


def test_a_grant_or_an_engine_that_somebody_took_away_stops_a_run_whose_fault_may_be_live():
    assert "grant is gone" in why_stop(replace(a_view(), seen=a_sight(has_grant=False)), NOW).reason
    assert "is gone; somebody deleted it" in why_stop(replace(a_view(), seen=a_sight(engines=())), NOW).reason
    assert why_stop(replace(a_view(RunState.OBSERVING), seen=a_sight(engines=())), NOW) is None


def test_a_look_from_before_the_engine_was_answered_for_says_nothing_about_it():
    view = a_view()
    young = replace(view.progress[0], answered_at=NOW - timedelta(milliseconds=100))
    assert why_stop(replace(view, progress=(young,), seen=a_sight(engines=())), NOW) is None
