"""What a day's live stream says, as it stands in the database: the same for a stream, a replay and a poll."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.template.loader import render_to_string

from chaos.journal import queries as journal
from chaos.journal.models import Audience, JournalEntry
from chaos.services import live_queries
from chaos.services.live_queries import Samples
from gameday.conduct.audience import kept_runs

LOOK_BACK = 20
"""Chunks. The last few of a live run tell when it was sampled."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far somebody has read: the last journal `seq` and the last chunk of samples."""

    seq: int = 0
    chunk: int = 0

    def __str__(self) -> str:
        return f"{self.seq}.{self.chunk}"

    @classmethod
    def parse(cls, text: str) -> Cursor | None:
        """`12.345`, or None for anything else."""
        seq, _, chunk = text.partition(".")
        if not (seq.isdecimal() and chunk.isdecimal() and len(text) < 40):
            return None
        return cls(int(seq), int(chunk))

    def past(self, other: Cursor) -> Cursor:
        """How far somebody has read who has read both."""
        return Cursor(max(self.seq, other.seq), max(self.chunk, other.chunk))


@dataclass(frozen=True, slots=True)
class Item:
    """One event. `at` is where it belongs; it `moves` the cursor of its reader there or leaves it.

    `data` is JSON in one line. An item without `at` belongs nowhere: it is sent to whoever listens.
    """

    name: str
    data: str
    at: Cursor | None = None
    moves: bool = True

    @classmethod
    def of(cls, name: str, data: Mapping[str, Any], at: Cursor | None = None, moves: bool = True) -> Item:
        return cls(name, json.dumps(data, separators=(",", ":")), at, moves)

    def is_new_to(self, reader: Cursor) -> bool:
        return self.at is None or self.at.seq > reader.seq or self.at.chunk > reader.chunk


def here(stream: str) -> Cursor:
    """Where a stream stands now. A page asks before it reads what it shows: then it misses nothing."""
    return Cursor(journal.heads([stream]).get(stream, 0), live_queries.newest_chunk(stream))


def sampled_at(runs: Collection[str], chunk: int) -> datetime | None:
    """When the newest sample of these live runs was taken, `chunk` being their stream's newest."""
    recent = live_queries.samples_of_runs(runs, chunk - LOOK_BACK)
    return newest(recent)


def newest(samples: Collection[Samples]) -> datetime | None:
    at = max((item.points[-1][0] for item in samples if item.points), default=None)
    return None if at is None else datetime.fromtimestamp(at / 1000, UTC)


def after(stream: str, cursor: Cursor, organiser: bool, most: int) -> tuple[list[Item], Cursor, bool]:
    """What came after `cursor`, `most` entries and chunks at most; where that ends; may there be more?"""
    entries = list(journal.entries(stream, cursor.seq)[:most])
    samples = live_queries.samples_of_stream(stream, cursor.chunk, most)
    kept = frozenset() if organiser else kept_runs(stream)
    items = [*items_of(entries, organiser), *map(item_of, told(samples, kept))]
    seq = entries[-1].seq if entries else cursor.seq
    chunk = samples[-1].chunk if samples else cursor.chunk
    return items, Cursor(seq, chunk), max(len(entries), len(samples)) == most


def told(samples: Iterable[Samples], kept: Collection[str]) -> list[Samples]:
    """Without those of runs that are `kept` from whoever reads."""
    return [item for item in samples if item.run not in kept]


def items_of(entries: Sequence[JournalEntry], organiser: bool) -> list[Item]:
    """Entries of one stream, in order, as their readers get them.

    What is for the organisers comes to everybody else just before the entry that ends its run. That follows
    from the journal alone, so whoever comes back later gets the very same sequence.
    """
    shown = ((entry, entry.seq) for entry in entries) if organiser else _for_others(entries)
    return [_item(entry, due) for entry, due in shown]


def _item(entry: JournalEntry, due: int) -> Item:
    if due == entry.seq:
        return Item("entry", _told(entry), Cursor(seq=due))
    return Item("entry", _told(entry)[:-1] + ',"late":true}', Cursor(seq=due), moves=False)


def _for_others(entries: Sequence[JournalEntry]) -> Iterator[tuple[JournalEntry, int]]:
    """(entry, the seq at which it is told) for those who do not organise the day."""
    ends = journal.ends_of({entry.run for entry in entries if _is_kept(entry) and entry.run})
    for entry in entries:
        if journal.is_end(entry):
            kept = JournalEntry.objects.filter(run=entry.run, audience=Audience.ORGANISERS.value)
            yield from ((late, entry.seq) for late in kept.filter(seq__lt=entry.seq).order_by("seq"))
        if not _is_kept(entry) or ends.get(entry.run, entry.seq) < entry.seq:
            yield entry, entry.seq


def _is_kept(entry: JournalEntry) -> bool:
    return entry.audience == Audience.ORGANISERS.value


def item_of(samples: Samples) -> Item:
    """About a second of one probe."""
    data = {
        "chunk": samples.chunk,
        "run": samples.run,
        "probe": samples.probe,
        "readings": samples.points,
    }
    return Item.of("samples", data, Cursor(chunk=samples.chunk))


_TOLD: dict[str, str] = {}
"""Entries never change, so each is rendered once for all who watch; the room is emptied when it is full."""
_ROOM = 2000


def _told(entry: JournalEntry) -> str:
    known = _TOLD.get(entry.hash)
    if known is None:
        if len(_TOLD) >= _ROOM:
            _TOLD.clear()
        known = _TOLD[entry.hash] = json.dumps(_fields(entry), separators=(",", ":"))
    return known


def _fields(entry: JournalEntry) -> dict[str, Any]:
    """`html` is the timeline's row; its template is given the entry and nothing else.

    The scenario is not among them: these go to people who may not know which one it is.
    """
    return {
        "seq": entry.seq,
        "at": stamp(entry.at),
        "kind": entry.kind,
        "text": entry.text,
        "actor": entry.actor_name or entry.actor,
        "run": entry.run,
        "audience": entry.audience,
        "html": render_to_string("conduct/_entry.html", {"entry": entry}),
    }


def stamp(at: datetime) -> str:
    """An instant as scripts want it: RFC 3339 in UTC, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def beat(now: datetime, looked_at: datetime | None, sampled_at: datetime | None, is_blind: bool) -> Item:
    """That we are alive. `looked_at`: what we know of the day is from then; `blind` says so to people."""
    told = "Gameday's server cannot reach its database; it tries again." if is_blind else ""
    known = {
        "looked_at": looked_at and stamp(looked_at),
        "sampled_at": sampled_at and stamp(sampled_at),
    }
    return Item.of("beat", {"at": stamp(now), **known, "blind": told})
