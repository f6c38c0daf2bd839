"""Alerts against what was expected of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chaos.domain.sight import AlertsReading
from chaos.domain.spec import ExpectedAlert
from gameday.debriefs import alerts
from tests.gameday.debriefs.around_zero import ZERO, at, sample
from tests.support.builders import a_spec

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
    assert alerts.alert_outcome(EXPECTED, samples, ZERO).outcome == outcome


def test_alerts_that_could_not_be_read_are_not_missed() -> None:
    unread = AlertsReading(at(3), at(3), None, "timeout")
    assert alerts.alert_outcome(EXPECTED, (sample(-1), unread), ZERO).outcome == "not known"


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
    found = alerts.alert_outcome(EXPECTED, samples, ZERO)
    assert (found.outcome, found.sentence) == ("not known", sentence)


def test_an_alert_that_was_seen_in_time_was_in_time_whoever_watched_before() -> None:
    assert alerts.alert_outcome(EXPECTED, (sample(-1), sample(14, "PodsMissing")), ZERO).outcome == "on time"


def test_a_gap_after_its_time_was_up_excuses_no_alert() -> None:
    found = alerts.alert_outcome(EXPECTED, watched(60, "PodsMissing", unwatched=range(16, 60)), ZERO)
    assert found.outcome == "late"


def test_an_alert_of_another_severity_is_said_to_be_so() -> None:
    expected = replace(EXPECTED, severity="critical")
    found = alerts.alert_outcome(expected, (sample(-1), sample(3, "PodsMissing")), ZERO)
    assert found.outcome == "not as expected"
    assert found.sentence == "It fired after 3.0 s, with severity warning instead of critical."


def test_other_alerts_are_those_that_began_after_the_injection() -> None:
    samples = (sample(-1, "Old"), sample(2, "Old", "New"), sample(3, "Old", "New"))
    assert alerts.other_alerts(a_spec(), samples, ZERO) == (("New", at(2)),)
