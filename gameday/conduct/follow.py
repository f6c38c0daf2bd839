"""Following streams in the database: each look finds what is new since the one before, whoever watches."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connections
from django.utils import timezone

from chaos.journal import ORGANISATION
from chaos.journal import queries as journal
from chaos.journal.models import JournalEntry
from chaos.services import live_queries
from gameday.conduct import feed
from gameday.conduct.audience import kept_runs
from gameday.conduct.feed import Cursor, Item

DRIVERS_EVERY = 2.0
"""Seconds between two looks at whether the live runs are driven."""

Asked = Mapping[str, Collection[bool]]
"""By stream, the audiences that watch it: organisers (True), everybody else (False)."""


@dataclass(frozen=True, slots=True)
class News:
    """What one look found on one stream, for each audience. `changes`: what a page shows may be others now.

    `sampled_at` is when the newest sample of the live run was taken; None where no run is live.
    """

    items: Mapping[bool, list[Item]]
    changes: bool = False
    sampled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Place:
    """Where we stand on one stream. `runs` were live at the last look, `kept` of them are the organisers'."""

    cursor: Cursor
    runs: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()
    sampled_at: datetime | None = None


@dataclass
class Follower:
    """Belongs to one thread, whose database connection stays open from look to look."""

    _places: dict[str, _Place] = field(default_factory=dict)
    _undriven: frozenset[str] = frozenset()
    _drivers_due: float = 0.0
    _organisation: int | None = None

    def look(self, asked: Asked) -> dict[str, News]:
        """News of every stream that is asked for; the first look at one only takes its place there.

        One small query when nothing is new, one more for each stream with a live run, and now and then one
        for who drives the live runs. Raises django.db.Error, and then nothing was passed over: the next look
        finds it.
        """
        heads = journal.heads([*asked, ORGANISATION])
        halted = self._halted(heads.get(ORGANISATION, 0))
        # No entry tells that nobody drives a run any more, or somebody again: only time does.
        is_due = time.monotonic() >= self._drivers_due and any(one.runs for one in self._places.values())
        undriven = live_queries.undriven(timezone.now()) if is_due else self._undriven
        changed = self._undriven ^ undriven
        found = {}
        for stream, audiences in asked.items():
            place = self._places.get(stream)
            if place is None:
                place = _arrive(stream)
                found[stream] = place, News({}, True, place.sampled_at)
            else:
                found[stream] = _follow(stream, place, heads.get(stream, 0), audiences, halted, changed)
        self._places = {stream: place for stream, (place, _) in found.items()}
        self._organisation, self._undriven = heads.get(ORGANISATION, 0), undriven
        self._drivers_due = time.monotonic() + DRIVERS_EVERY if is_due else self._drivers_due
        return {stream: news for stream, (_, news) in found.items()}

    def rest(self) -> None:
        """Keep no connection: it may be broken, or nobody watches any more."""
        connections.close_all()

    def _halted(self, head: int) -> bool:
        """Was anything halted or released since the last look? It is told in the organisation's stream."""
        if self._organisation is None or head <= self._organisation:
            return False
        new = journal.entries(ORGANISATION, self._organisation)
        return new.filter(kind__startswith="halt.").exists()


def _arrive(stream: str) -> _Place:
    cursor, runs = feed.here(stream), live_queries.live_runs_on(stream)
    return _Place(cursor, runs, kept_runs(stream), feed.sampled_at(runs, cursor.chunk))


def _follow(
    stream: str,
    place: _Place,
    head: int,
    audiences: Collection[bool],
    halted: bool,
    changed: Collection[str],
) -> tuple[_Place, News]:
    entries: list[JournalEntry] = []
    runs, kept = place.runs, place.kept
    if head > place.cursor.seq:
        entries = list(journal.entries(stream, place.cursor.seq))
        runs = live_queries.live_runs_on(stream)  # runs begin and end with an entry
        kept = kept_runs(stream)
    # A run that has just ended is asked once more, for its last samples.
    samples = live_queries.samples_of_runs(place.runs | runs, place.cursor.chunk)
    items = {
        organisers: [
            *feed.items_of(entries, organisers),
            *map(feed.item_of, samples if organisers else feed.told(samples, kept)),
        ]
        for organisers in audiences
    }
    seq = entries[-1].seq if entries else place.cursor.seq
    chunk = samples[-1].chunk if samples else place.cursor.chunk
    sampled_at = (feed.newest(samples) or place.sampled_at) if runs else None
    changes = halted or not runs.isdisjoint(changed) or any(entry.kind != "note" for entry in entries)
    return _Place(Cursor(seq, chunk), runs, kept, sampled_at), News(items, changes, sampled_at)
