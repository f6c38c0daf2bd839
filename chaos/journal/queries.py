"""Reading the journal, in order."""

from __future__ import annotations

from django.db.models import QuerySet

from chaos.journal.models import JournalEntry


def entries(stream: str, after_seq: int = 0) -> QuerySet[JournalEntry]:
    """The stream's entries with `seq > after_seq`, in order."""
    return JournalEntry.objects.filter(stream__name=stream, seq__gt=after_seq).order_by("seq")
