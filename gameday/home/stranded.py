"""The runs whose faults cannot be proven gone, as somebody may know of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chaos.journal import slug_of
from chaos.services.queries import LiveRun
from gameday.people.models import User
from gameday.plans.audience import NOT_ANNOUNCED, kept_live


@dataclass(frozen=True, slots=True)
class Stranded:
    """A run whose fault cannot be proven gone, as somebody may know of it."""

    run: str
    plan: str
    title: str
    cluster: str
    since: datetime


def stranded_of(user: User, live: Sequence[LiveRun], now: datetime) -> list[Stranded]:
    """The runs whose faults cannot be proven gone, oldest first; no query while there is none."""
    found = [item for item in live if item.is_stranded(now)]
    kept = kept_live(user, found) if found else frozenset()
    return [
        Stranded(
            run=item.run,
            plan=slug_of(item.stream),
            title=NOT_ANNOUNCED if item.run in kept else item.title,
            cluster=item.cluster,
            since=item.overdue_at or now,
        )
        for item in found
    ]
