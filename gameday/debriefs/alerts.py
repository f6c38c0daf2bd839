"""The platform's alerts against what the plan expected of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from chaos.domain.rungs import Rung
from chaos.domain.sight import Alert, AlertsReading
from chaos.domain.spec import ExpectedAlert, RunSpec
from chaos.domain.watching import alert_unwatched
from gameday.debriefs.measures import clock, span


@dataclass(frozen=True, slots=True)
class AlertOutcome:
    """An expected alert and what became of it.

    `outcome` is one of: on time, late, missed, not as expected (in time, but with another severity or
    route than the plan says), already firing, not known.
    """

    expected: ExpectedAlert
    outcome: str
    fired_at: datetime | None
    sentence: str


def first_firing(samples: Iterable[AlertsReading], name: str) -> tuple[datetime, Alert] | None:
    """When the alert was first seen firing in these samples, and how it looked."""
    for sample in samples:
        for alert in sample.alerts or ():
            if alert.name == name and alert.state == "firing":
                return sample.at, alert
    return None


def alert_outcome(
    expected: ExpectedAlert, samples: Sequence[AlertsReading], rung: Rung | None = None
) -> AlertOutcome:
    """Judged from the injection's instant; an alert that fired before the fault was asked for tells nothing,
    and neither does one that was not seen to fire in time while nobody watched."""
    if rung is None:
        return AlertOutcome(expected, "not known", None, "Nothing was injected.")
    injected_at = rung.injected_at
    before = [item for item in samples if item.alerts is not None and item.at < rung.asked_at][-1:]
    after = [item for item in samples if item.alerts is not None and item.at >= injected_at]
    if first_firing(before, expected.name):
        return AlertOutcome(expected, "already firing", None, "It was firing before the fault was asked for.")
    early = first_firing((item for item in samples if rung.is_early(item.at)), expected.name)
    if early:
        return _came_early(expected, rung, *early)
    if not after:
        return AlertOutcome(expected, "not known", None, "The alerts could not be read after the injection.")
    fired = first_firing(after, expected.name)
    unseen = unseen_for(expected, [sample.at for sample in after], injected_at, fired and fired[0])
    if fired is None:
        until = clock(after[-1].at, injected_at)
        sentence = f"It was not seen firing until {until}."
        if unseen:
            return AlertOutcome(expected, "not known", None, f"{sentence} {unseen}")
        return AlertOutcome(expected, "missed", None, sentence)
    at, alert = fired
    took = at - injected_at
    if unseen and took > expected.within:
        return AlertOutcome(
            expected, "not known", at, f"It was firing after {span(took)} at the latest. {unseen}"
        )
    sentence = f"It fired after {span(took)}"
    other = _differences(expected, alert)
    if other:
        sentence += f", with {other}"
    if took > expected.within:
        return AlertOutcome(expected, "late", at, f"{sentence}, {span(took - expected.within)} late.")
    return AlertOutcome(expected, "not as expected" if other else "on time", at, f"{sentence}.")


def _came_early(expected: ExpectedAlert, rung: Rung, at: datetime, alert: Alert) -> AlertOutcome:
    """Nobody can know of a fault before it is there; what fired in between was no later than that."""
    sentence = f"It fired {span(rung.injected_at - at)} before the fault was known to be there"
    sentence += f", {span(at - rung.asked_at)} after it was asked for"
    if not rung.is_in_time(at, expected.within):
        return AlertOutcome(expected, "not known", at, f"{sentence}: whether that was in time is not known.")
    other = _differences(expected, alert)
    if other:
        return AlertOutcome(expected, "not as expected", at, f"{sentence}, with {other}.")
    return AlertOutcome(expected, "on time", at, f"{sentence}.")


def unseen_for(
    expected: ExpectedAlert, looks: Iterable[datetime], injected_at: datetime, fired_at: datetime | None
) -> str:
    """When the alert may have fired in time though it was not seen to, in words; or ""."""
    gap = alert_unwatched(looks, injected_at, injected_at + expected.within, fired_at)
    if gap is None:
        return ""
    return f"Nobody watched the alerts from {clock(gap[0], injected_at)} to {clock(gap[1], injected_at)}."


def _differences(expected: ExpectedAlert, alert: Alert) -> str:
    """Where the alert's own labels say otherwise; a label that it does not have says nothing."""
    wanted = {"severity": expected.severity, "route": expected.route}
    found = (
        f"{label} {alert.labels[label]} instead of {value}"
        for label, value in wanted.items()
        if alert.labels.get(label, value) != value
    )
    return " and ".join(found)


def other_alerts(
    spec: RunSpec, samples: Sequence[AlertsReading], injected_at: datetime | None
) -> tuple[tuple[str, datetime], ...]:
    """Alerts that nobody expected and that began to fire after the injection, with their first instants."""
    if injected_at is None:
        return ()
    expected = {item.name for item in spec.expected_alerts}
    known_before: set[str] = set()
    found: dict[str, datetime] = {}
    for sample in samples:
        for alert in sample.alerts or ():
            if alert.state != "firing" or alert.name in expected:
                continue
            if sample.at < injected_at:
                known_before.add(alert.key)
            elif alert.key not in known_before and alert.name not in found:
                found[alert.name] = sample.at
    return tuple(found.items())
