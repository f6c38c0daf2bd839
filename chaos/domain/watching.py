"""Whether anybody looked: where nobody did for too long, nothing can be said of what was not seen."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

ALERTS_PATIENCE = timedelta(seconds=5)
"""The longest time between two samples of the alerts, one a second, in which they still count as watched."""


def unwatched(
    looks: Iterable[datetime], since: datetime, until: datetime, patience: timedelta
) -> tuple[datetime, datetime] | None:
    """The first stretch between `since` and `until` in which nobody looked for longer than `patience`.

    `looks` are the instants of looks that saw something, in their order.
    """
    last = since
    for at in [*(at for at in looks if since < at < until), until]:
        if at - last > patience:
            return last, at
        last = at
    return None


def alert_unwatched(
    looks: Iterable[datetime], injected_at: datetime, due: datetime, fired_at: datetime | None
) -> tuple[datetime, datetime] | None:
    """When nobody looked while an alert may have fired by `due` that was seen at `fired_at`, or never."""
    gap = unwatched(looks, injected_at, fired_at or due, ALERTS_PATIENCE)
    return gap if gap and gap[0] < due else None
