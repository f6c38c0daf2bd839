"""The journal as a timeline is read: what one run left, and the newest so many entries of a day."""

from __future__ import annotations

from django.db.models import QuerySet

from chaos.journal.models import JournalEntry


def of_run(stream: str, run: str) -> QuerySet[JournalEntry]:
    """What a run left in its plan's stream, in order."""
    return JournalEntry.objects.filter(stream__name=stream, run=run).order_by("seq")


def of_stream(stream: str, before: int | None = None) -> QuerySet[JournalEntry]:
    """The stream's entries in order, all of them or those with `seq < before`."""
    found = JournalEntry.objects.filter(stream__name=stream).order_by("seq")
    return found if before is None else found.filter(seq__lt=before)


def newest(found: QuerySet[JournalEntry], count: int) -> list[JournalEntry]:
    """Of `found` in one stream the `count` newest, in order."""
    return [*found.order_by("-seq")[:count]][::-1]
