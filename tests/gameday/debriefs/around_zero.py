"""Readings and samples around an injection at ZERO, for the pure tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from chaos.domain.sight import Alert, AlertsReading, Reading
from chaos.domain.spec import Comparison, Op
from gameday.debriefs import charts

ZERO = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return ZERO + timedelta(seconds=seconds)


def readings(*values: float | None, start: float = -2) -> tuple[Reading, ...]:
    return tuple(
        Reading("p99", at(start + index), at(start + index), value, "" if value is not None else "no data")
        for index, value in enumerate(values)
    )


def sample(seconds: float, *firing: str) -> AlertsReading:
    alerts = tuple(Alert(name, "firing", {"severity": "warning"}) for name in firing)
    return AlertsReading(at(seconds), at(seconds), alerts)


def bound(kind: str, value: str) -> charts.Bound:
    return charts.Bound(kind, Comparison(Op.BELOW, Decimal(value)))
