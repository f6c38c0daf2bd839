"""Readings folded one by one: streaks, blindness, gaps."""

from datetime import timedelta

import pytest

from chaos.domain.spec import AbortCondition, Expectation, ExpectationKind
from chaos.domain.tally import GREEN_ENOUGH, tallies_of
from tests.domain.views import NOW, ago, reading, readings, tallies
from tests.support.builders import a_probe, a_spec, above, below


def fold(*values, spec=None):
    return tallies(spec, values)["p99"]


def test_a_streak_is_long_enough_only_when_its_readings_are_in_a_row():
    assert fold(600.0).tripped is None
    assert fold(600.0, 120.0, 600.0).tripped is None
    assert fold(120.0, 600.0, 600.0).tripped.consecutive == 2


def test_an_unknown_reading_neither_continues_nor_clears_a_streak():
    assert fold(600.0, None).tripped is None
    assert fold(600.0, None, 600.0).tripped is not None
    assert fold(600.0, None, 120.0, 600.0).tripped is None


def test_a_value_on_the_bound_is_not_beyond_it():
    assert fold(500.0, 500.0).tripped is None
    assert fold(500.1, 500.1).tripped is not None


def test_the_first_condition_that_trips_is_named_and_each_has_its_own_streak():
    spec = a_spec(
        abort_conditions=(
            AbortCondition("p99", above("500"), 3),
            AbortCondition("p99", below("10"), 1),
            AbortCondition("other", above("0"), 1),
        )
    )
    tally = fold(600.0, 600.0, 5.0, spec=spec)
    assert tally.breaching == (0, 1)
    assert tally.tripped.comparison == below("10")


def test_a_breach_began_with_the_first_reading_of_the_streak_that_tripped():
    first, streak = fold(600.0, 120.0, 610.0, 620.0).breach
    assert (first.at, first.value, streak) == (ago(1), 610.0, 2)
    assert fold(600.0, 600.0, 120.0).breach is None
    assert fold(120.0, 600.0).breach is None, "one is not enough"


def test_a_longer_streak_of_another_condition_is_not_the_breach():
    conditions = (AbortCondition("p99", above("300"), 5), AbortCondition("p99", above("500"), 2))
    tally = fold(350.0, 350.0, 600.0, 610.0, spec=a_spec(abort_conditions=conditions))
    assert tally.breaching == (4, 2)
    first, streak = tally.breach
    assert (first.at, streak) == (ago(1), 2)


def test_the_steady_state_takes_three_known_readings_in_a_row_within_every_tolerance():
    assert GREEN_ENOUGH == 3
    assert not fold(120.0, 120.0).is_steady
    assert fold(120.0, 120.0, 120.0).is_steady
    assert not fold(120.0, 120.0, 120.0, 200.0).is_steady, "200 is not below 200"
    assert not fold(120.0, 120.0, None, 120.0).is_steady, "an unknown one is no evidence of green"


def test_what_shall_happen_later_is_no_part_of_the_steady_state():
    breaker_opens = Expectation("p99", ExpectationKind.HAPPENS_WITHIN, above("900"), timedelta(seconds=5))
    assert fold(120.0, 120.0, 120.0, spec=a_spec(expectations=(breaker_opens,))).is_steady


def test_a_probe_without_tolerances_is_steady_when_it_sees():
    assert fold(1.0, 2.0, 3.0, spec=a_spec(expectations=())).is_steady
    assert not fold(1.0, None, 3.0, spec=a_spec(expectations=())).is_steady


@pytest.mark.parametrize("unknown, is_blind", [(2, False), (3, True)])
def test_blind_by_count_is_more_unknown_readings_in_a_row_than_the_budget(unknown, is_blind):
    tally = fold(120.0, *[None] * unknown)
    reason = tally.blind_reason(NOW, ago(60))
    assert bool(reason) is is_blind
    if is_blind:
        assert reason == "p99 has been unknown 3 times in a row: no answer"


def test_blind_by_time_is_no_known_reading_for_as_long_as_the_budget_takes():
    limit = fold(120.0).blind_limit
    assert limit == timedelta(seconds=5), "budget 2: three intervals, one timeout, one second of slack"
    tally = fold(120.0)
    assert not tally.blind_reason(NOW + limit, ago(60))
    assert tally.blind_reason(NOW + limit + timedelta(milliseconds=1), ago(60))


def test_a_probe_that_never_answered_is_blind_from_when_it_should_have_begun():
    tally = tallies_of(a_spec())["p99"]
    assert not tally.blind_reason(NOW, ago(5))
    assert "has not been known for 5.1 s" in tally.blind_reason(NOW, ago(5.1))


def test_a_stretch_without_known_readings_is_kept_though_it_is_over():
    tally = tallies_of(a_spec(), [reading(120.0, 20), *readings(120.0, 120.0)])["p99"]
    assert tally.gap_ended_at == ago(1)
    assert not tally.blind_reason(NOW, ago(60)), "now it sees again"


def test_the_very_first_reading_ends_no_gap():
    assert fold(120.0).gap_ended_at is None


def test_a_driver_that_comes_later_counts_the_same_as_one_that_saw_it_all():
    history = readings(120.0, None, 600.0, None, 600.0)
    tally = tallies_of(a_spec())["p99"]
    for item in history:
        tally = tally.fold(item)
    assert tallies_of(a_spec(), history) == {"p99": tally}


def test_each_probe_has_its_own_tally_and_strange_readings_are_passed_over():
    spec = a_spec(probes=(a_probe(), a_probe("errors", "%")))
    found = tallies_of(spec, [reading(1.0), reading(2.0, probe="unheard-of")])
    assert set(found) == {"p99", "errors"}
    assert found["errors"].last is None
