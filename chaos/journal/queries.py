"""Reading the journal, in order."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet

from chaos.domain.states import FINAL
from chaos.journal.models import JournalEntry, JournalStream


def entries(stream: str, after_seq: int = 0) -> QuerySet[JournalEntry]:
    """The stream's entries with `seq > after_seq`, in order."""
    return JournalEntry.objects.filter(stream__name=stream, seq__gt=after_seq).order_by("seq")


def heads(streams: Collection[str]) -> dict[str, int]:
    """The last `seq` of each of these streams that has been opened: one small query."""
    found = JournalStream.objects.filter(name__in=streams)
    return dict(found.order_by().values_list("name", "last_seq"))


def is_end(entry: JournalEntry) -> bool:
    """Does this entry record the end of its run?"""
    return entry.kind == "run.state" and entry.body.get("state") in FINAL


def ends_of(runs: Collection[str]) -> dict[str, int]:
    """The `seq` of the entry that ended each of these runs; a run that has not ended is absent."""
    states = JournalEntry.objects.filter(run__in=runs, kind="run.state").order_by("seq") if runs else ()
    return {entry.run: entry.seq for entry in states if is_end(entry)}
