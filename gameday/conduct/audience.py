"""Who may read what of a day: its pages and its live stream ask here."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from chaos.journal.models import Audience, JournalEntry
from chaos.services import queries
from gameday.plans.audience import is_organiser

__all__ = ["is_organiser", "readable"]


def readable(entries: QuerySet[JournalEntry], stream: str, organiser: bool) -> QuerySet[JournalEntry]:
    """Of `entries` of a plan's stream, those that somebody may read now.

    What is for the organisers stays with them for as long as its run is live; after that everybody may read
    it. What belongs to no run (who imported and approved the plan) stays with them.
    """
    if organiser:
        return entries
    kept = Q(run="") | Q(run__in=[item.run for item in queries.live_runs() if item.stream == stream])
    return entries.exclude(kept, audience=Audience.ORGANISERS.value)
