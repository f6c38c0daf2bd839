"""The platform's alerts against what the plan expects of them, as they fire."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chaos.domain.spec import ExpectedAlert
from chaos.domain.watching import alert_unwatched
from chaos.services import evidence_queries
from chaos.services.evidence_queries import RunEvidence
from gameday.conduct.live_room import Room


@dataclass(frozen=True, slots=True)
class AlertLine:
    """`state`: awaited, on-time, late, missed, unwatched, already-firing. `due` where it has not fired.

    Unwatched: it may have fired in time, and nobody looked just then.
    """

    alert: ExpectedAlert
    state: str
    fired_at: datetime | None
    due: datetime | None


@dataclass(frozen=True, slots=True)
class Alerts:
    """`others` fired after the injection, and nobody expected them."""

    expected: tuple[AlertLine, ...]
    others: tuple[tuple[str, datetime], ...]


def alerts(room: Room) -> Alerts | None:
    """None for those who are not to know, and before the first run."""
    run = room.run
    if run is None or room.is_hidden:
        return None
    lines = [_line(alert, room, run.state.is_final) for alert in run.spec.expected_alerts]
    lines = _as_far_as_watched(lines, run, room)
    names, others = {alert.name for alert in run.spec.expected_alerts}, dict[str, datetime]()
    for entry in room.of("alert.fired"):
        name = str(entry.body.get("alert", ""))
        if room.zero and entry.at >= room.zero and name not in names:
            others.setdefault(name, entry.at)
    return Alerts(tuple(lines), tuple(others.items()))


def _line(alert: ExpectedAlert, room: Room, over: bool) -> AlertLine:
    zero = room.zero
    if zero is None or room.run is None:
        return AlertLine(alert, "awaited", None, None)
    rung = room.run.rungs[0]
    changes = [item for item in room.of("alert.fired", "alert.resolved") if item.body["alert"] == alert.name]
    before = [item.kind for item in changes if item.at < rung.asked_at][-1:]
    if before == ["alert.fired"]:
        return AlertLine(alert, "already-firing", None, None)
    due = zero + alert.within
    firings = (item.at for item in changes if item.kind == "alert.fired")
    fired = next((at for at in firings if at >= rung.asked_at), None)
    if fired and rung.is_early(fired) and not rung.is_in_time(fired, alert.within):
        return AlertLine(alert, "already-firing", None, None)
    if fired:
        return AlertLine(alert, "on-time" if fired <= due else "late", fired, None)
    return AlertLine(alert, "missed" if over or room.now > due else "awaited", None, due)


def _as_far_as_watched(lines: Sequence[AlertLine], run: RunEvidence, room: Room) -> list[AlertLine]:
    """That an alert did not fire in time is said only where somebody looked for it all the while."""
    zero = room.zero
    doubtful = [line for line in lines if line.state in ("missed", "late")]
    if zero is None or not doubtful:
        return list(lines)
    until = max(line.fired_at or zero + line.alert.within for line in doubtful)
    looks = evidence_queries.alerts_watched({run.run: (zero, until)})[run.run]
    return [replace(line, state="unwatched") if _is_unseen(line, zero, looks) else line for line in lines]


def _is_unseen(line: AlertLine, zero: datetime, looks: Iterable[datetime]) -> bool:
    if line.state not in ("missed", "late"):
        return False
    return alert_unwatched(looks, zero, zero + line.alert.within, line.fired_at) is not None
