"""The expected alerts on the debrief page, from the journal, and as far as somebody watched them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from chaos.domain.spec import ExpectedAlert
from chaos.journal.models import JournalEntry
from chaos.services import evidence_queries
from chaos.services.evidence_queries import RunEvidence
from gameday.debriefs.alerts import unseen_for
from gameday.debriefs.measures import span

Line = tuple[str, str, bool]
"""Name, what became of it, and whether that is as expected."""


def lines_of(
    runs: Iterable[RunEvidence], told: Mapping[str, Sequence[JournalEntry]]
) -> dict[str, tuple[Line, ...]]:
    """By run. `told` are the journal's entries of each; one query if an alert was not seen in time."""
    runs = list(runs)
    windows = {run.run: window for run in runs if (window := _doubtful(run, told.get(run.run, ())))}
    looks = evidence_queries.alerts_watched(windows)
    return {
        run.run: tuple(
            _line(run, alert, told.get(run.run, ()), looks.get(run.run, ()))
            for alert in run.spec.expected_alerts
        )
        for run in runs
    }


def _doubtful(run: RunEvidence, told: Sequence[JournalEntry]) -> tuple[datetime, datetime] | None:
    """From the injection to the last instant of which it matters whether somebody watched."""
    zero = run.injected_at
    if zero is None:
        return None
    expected = [alert for alert in run.spec.expected_alerts if not _was_firing(run, alert, told)]
    fired = [(alert, _fired_at(run, alert, told)) for alert in expected]
    ends = [at or zero + alert.within for alert, at in fired if at is None or at - zero > alert.within]
    return (zero, max(ends)) if ends else None


def _fired_at(run: RunEvidence, alert: ExpectedAlert, told: Sequence[JournalEntry]) -> datetime | None:
    fires = [entry for entry in told if entry.kind == "alert.fired" and entry.body.get("alert") == alert.name]
    return next((entry.at for entry in fires if run.rungs and entry.at >= run.rungs[0].asked_at), None)


def _was_firing(run: RunEvidence, alert: ExpectedAlert, told: Sequence[JournalEntry]) -> bool:
    asked_at = run.rungs[0].asked_at
    before = [entry for entry in told if entry.body.get("alert") == alert.name and entry.at < asked_at]
    return [entry.kind for entry in before[-1:]] == ["alert.fired"]


def _line(
    run: RunEvidence, alert: ExpectedAlert, told: Sequence[JournalEntry], looks: Sequence[datetime]
) -> Line:
    zero, fired_at = run.injected_at, _fired_at(run, alert, told)
    if zero is None:
        return alert.name, "not known: nothing was injected", True
    if _was_firing(run, alert, told):
        return alert.name, "not known: it was firing before the fault was asked for", False
    if fired_at and fired_at < zero:
        early = f"{span(zero - fired_at)} before the fault was known to be there"
        if run.rungs[0].is_in_time(fired_at, alert.within):
            return alert.name, f"fired {early}", True
        return alert.name, f"not known, firing {early}: whether that was in time cannot be told", False
    late = fired_at - zero - alert.within if fired_at else None
    if fired_at and late is not None and late <= timedelta(0):
        return alert.name, f"fired after {span(fired_at - zero)}", True
    unseen = unseen_for(alert, looks, zero, fired_at).rstrip(".")
    if unseen:
        seen = f", firing after {span(fired_at - zero)} at the latest" if fired_at else ""
        return alert.name, f"not known{seen}: {unseen[0].lower()}{unseen[1:]}", False
    if fired_at and late:
        return alert.name, f"fired after {span(fired_at - zero)}, {span(late)} late", False
    return alert.name, "did not fire", False
