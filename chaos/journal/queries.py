"""Reading the journal, in order."""

from __future__ import annotations

from django.db.models import QuerySet

from chaos.journal.models import JournalEntry


def entries(stream: str, after_seq: int = 0) -> QuerySet[JournalEntry]:
    """The stream's entries with `seq > after_seq`, in order."""
    return JournalEntry.objects.filter(stream__name=stream, seq__gt=after_seq).order_by("seq")


def newest(found: QuerySet[JournalEntry], count: int) -> list[JournalEntry]:
    """Of `found` in one stream the `count` newest, in order."""
    return [*found.order_by("-seq")[:count]][::-1]


def of_run(stream: str, run: str) -> QuerySet[JournalEntry]:
    """What a run left in its plan's stream, in order."""
    return JournalEntry.objects.filter(stream__name=stream, run=run).order_by("seq")
