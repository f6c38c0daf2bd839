"""Who may read what of a day: its pages and its live stream ask here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q, QuerySet

from chaos.journal import slug_of
from chaos.journal.models import Audience, JournalEntry
from chaos.services import queries
from gameday.plans.audience import is_organiser
from gameday.plans.models import Plan

__all__ = ["is_organiser", "kept_runs", "readable", "readable_rows"]


def kept_runs(stream: str) -> frozenset[str]:
    """The live runs that only a plan's organisers know of; nobody else is told what their probes measure.

    But for why one was stopped: what harms the platform is for everybody who can help it.
    """
    live = [item for item in queries.live_runs() if item.stream == stream]
    plan = Plan.objects.filter(slug=slug_of(stream)).first() if live else None
    if plan is None:
        return frozenset()
    return frozenset(item.run for item in live if item.scenario in plan.kept)


def readable(entries: QuerySet[JournalEntry], stream: str, organiser: bool) -> QuerySet[JournalEntry]:
    """Of `entries` of a plan's stream, those that somebody may read now.

    What is for the organisers stays with them for as long as its run is live; after that everybody may read
    it. What belongs to no run (who imported and approved the plan) stays with them.
    """
    if organiser:
        return entries
    kept = Q(run="") | Q(run__in=_live_on(stream))
    return entries.exclude(kept, audience=Audience.ORGANISERS.value)


def readable_rows(rows: Iterable[Mapping[str, Any]], stream: str) -> tuple[Mapping[str, Any], ...]:
    """`readable`, for those who do not organise the day, of rows that were read already."""
    live = {"", *_live_on(stream)}
    return tuple(
        row for row in rows if row["audience"] != Audience.ORGANISERS.value or row["run"] not in live
    )


def _live_on(stream: str) -> list[str]:
    return [item.run for item in queries.live_runs() if item.stream == stream]
