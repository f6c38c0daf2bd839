"""Alerts against what was expected of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chaos.domain.rungs import Rung
from chaos.domain.sight import AlertsReading
from chaos.domain.spec import ExpectedAlert
from gameday.debriefs import alerts
from tests.gameday.debriefs.around_zero import ZERO, at, sample
from tests.support.builders import a_spec

THERE = Rung(1, ZERO, ZERO, ZERO)
EXPECTED = ExpectedAlert("PodsMissing", "warning", "on-call", timedelta(seconds=15))


def watched(until: int, *firing: str, unwatched: range = range(0)) -> tuple[AlertsReading, ...]:
    """A sample a second from a second before the injection, the last one with these alerts firing."""
    instants = [second for second in range(-1, until) if second not in unwatched]
    return (*map(sample, instants), sample(until, *firing))


@pytest.mark.parametrize(
    ("samples", "outcome"),
    [
        ((sample(-1), sample(12, "PodsMissing")), "on time"),
        ((sample(-1), sample(15, "PodsMissing")), "on time"),
        (watched(16, "PodsMissing"), "late"),
        (watched(30), "missed"),
        ((sample(-1, "PodsMissing"), sample(5, "PodsMissing")), "already firing"),
        ((sample(-9, "PodsMissing"), sample(-1), sample(5, "PodsMissing")), "on time"),
        ((sample(-1),), "not known"),
    ],
)
def test_an_expected_alert_is_judged_from_the_injection(
    samples: tuple[AlertsReading, ...], outcome: str
) -> None:
    assert alerts.alert_outcome(EXPECTED, samples, THERE).outcome == outcome


@pytest.mark.parametrize(
    ("fired", "asked", "outcome", "sentence"),
    [
        (
            -5,
            -9,
            "on time",
            "It fired 5.0 s before the fault was known to be there, 4.0 s after it was asked for.",
        ),
        (-5, -30, "not known", "25 s after it was asked for: whether that was in time is not known."),
        (-5, -3, "already firing", "It was firing before the fault was asked for."),
    ],
)
def test_an_alert_between_the_request_and_a_persons_word_is_in_time_where_that_is_sure(
    fired: int, asked: int, outcome: str, sentence: str
) -> None:
    samples = (sample(-40), sample(fired, "PodsMissing"), sample(5, "PodsMissing"))
    found = alerts.alert_outcome(EXPECTED, samples, Rung(1, at(asked), at(asked), ZERO))
    assert found.outcome == outcome
    assert found.sentence.endswith(sentence)


def test_alerts_that_could_not_be_read_are_not_missed() -> None:
    unread = AlertsReading(at(3), at(3), None, "timeout")
    assert alerts.alert_outcome(EXPECTED, (sample(-1), unread), THERE).outcome == "not known"


@pytest.mark.parametrize(
    ("samples", "sentence"),
    [
        (
            watched(30, unwatched=range(4, 19)),
            "It was not seen firing until T+00:30. Nobody watched the alerts from T+00:03 to T+00:15.",
        ),
        (
            watched(19, "PodsMissing", unwatched=range(4, 19)),
            "It was firing after 19 s at the latest. Nobody watched the alerts from T+00:03 to T+00:19.",
        ),
        (
            watched(9),
            "It was not seen firing until T+00:09. Nobody watched the alerts from T+00:09 to T+00:15.",
        ),
    ],
    ids=["never seen", "seen when somebody watched again", "watched no longer"],
)
def test_of_an_alert_that_may_have_fired_in_time_while_nobody_watched_nothing_is_known(
    samples: tuple[AlertsReading, ...], sentence: str
) -> None:
    found = alerts.alert_outcome(EXPECTED, samples, THERE)
    assert (found.outcome, found.sentence) == ("not known", sentence)


def test_an_alert_that_was_seen_in_time_was_in_time_whoever_watched_before() -> None:
    assert alerts.alert_outcome(EXPECTED, (sample(-1), sample(14, "PodsMissing")), THERE).outcome == "on time"


def test_a_gap_after_its_time_was_up_excuses_no_alert() -> None:
    found = alerts.alert_outcome(EXPECTED, watched(60, "PodsMissing", unwatched=range(16, 60)), THERE)
    assert found.outcome == "late"


def test_an_alert_of_another_severity_is_said_to_be_so() -> None:
    expected = replace(EXPECTED, severity="critical")
    found = alerts.alert_outcome(expected, (sample(-1), sample(3, "PodsMissing")), THERE)
    assert found.outcome == "not as expected"
    assert found.sentence == "It fired after 3.0 s, with severity warning instead of critical."


def test_other_alerts_are_those_that_began_after_the_injection() -> None:
    samples = (sample(-1, "Old"), sample(2, "Old", "New"), sample(3, "Old", "New"))
    assert alerts.other_alerts(a_spec(), samples, ZERO) == (("New", at(2)),)
