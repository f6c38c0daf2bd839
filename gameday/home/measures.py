"""What somebody is to be woken for, as Prometheus reads it: numbers alone, so that no name leaves us."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from chaos.services import glass, queries


def text(now: datetime) -> str:
    """In Prometheus' text format. Raises django.db.Error while the database cannot be read."""
    return "".join(
        f"# HELP {name} {what}\n# TYPE {name} gauge\n{name} {value}\n" for name, what, value in _gauges(now)
    )


def _gauges(now: datetime) -> Iterator[tuple[str, str, int]]:
    found = queries.open_runs()
    since = [item.overdue_at for item in found if item.overdue_at and item.is_stranded(now)]
    longest = max((round((now - at).total_seconds()) for at in since), default=0)
    yield "gameday_live_runs", "Runs that have not ended.", sum(not item.is_late for item in found)
    yield "gameday_stranded_runs", "Runs whose fault cannot be proven gone.", len(since)
    yield "gameday_stranded_seconds", "For how long the oldest of them has been so.", longest
    yield "gameday_halts", "Halts not released, on record or in a cluster alone.", len(queries.halts())
    unseen = len(glass.unreviewed())
    yield "gameday_unreviewed_strips", "Finalizers taken off by hand that wait for a review.", unseen
