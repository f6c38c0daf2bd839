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


@pytest.mark.parametrize(
    ("samples", "outcome"),
    [
        ((sample(-1), sample(12, "PodsMissing")), "on time"),
        ((sample(-1), sample(15, "PodsMissing")), "on time"),
        ((sample(-1), sample(16, "PodsMissing")), "late"),
        ((sample(-1), sample(30)), "missed"),
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


def test_an_alert_of_another_severity_is_said_to_be_so() -> None:
    expected = replace(EXPECTED, severity="critical")
    found = alerts.alert_outcome(expected, (sample(-1), sample(3, "PodsMissing")), ZERO)
    assert found.outcome == "not as expected"
    assert found.sentence == "It fired after 3.0 s, with severity warning instead of critical."


def test_other_alerts_are_those_that_began_after_the_injection() -> None:
    samples = (sample(-1, "Old"), sample(2, "Old", "New"), sample(3, "Old", "New"))
    assert alerts.other_alerts(a_spec(), samples, ZERO) == (("New", at(2)),)
