"""Proving the journal: every stream against its head, its opening and every signed checkpoint.

Memory is bounded by the number of streams, not by the number of entries.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from chaos.domain import codec
from chaos.journal import ORGANISATION, triggers
from chaos.journal.chain import FIELDS, GENESIS, Break, ChainReader, Head, against_head
from chaos.journal.checkpoints import digest_of, exported, payload_of
from chaos.journal.models import Checkpoint, JournalEntry, JournalStream
from chaos.journal.record import head_of

_CHUNK = 2000
_COLUMNS = ("version", *(name for name in FIELDS if name not in ("v", "stream")), "hash")
_NAMES = ("v", *_COLUMNS[1:])


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What was looked at, and the first break, if any."""

    streams: int
    entries: int
    checkpoints: int
    broken: Break | None = None

    @property
    def is_sound(self) -> bool:
        return self.broken is None


def rows(stream: str, after_seq: int = 0, up_to: int | None = None) -> Iterator[dict[str, Any]]:
    """The stream's entries as plain rows, in order; what an export holds and what `chain` verifies."""
    found = JournalEntry.objects.filter(stream__name=stream, seq__gt=after_seq).order_by("seq")
    if up_to is not None:
        found = found.filter(seq__lte=up_to)
    for values in found.values_list(*_COLUMNS).iterator(chunk_size=_CHUNK):
        row = dict(zip(_NAMES, values, strict=True))
        yield row | {
            "stream": stream,
            "at": codec.to_plain(row["at"]),
            "recorded_at": codec.to_plain(row["recorded_at"]),
        }


def verify(stream: str | None = None, anchor: Mapping[str, Any] | None = None) -> VerifyReport:
    """Verify one stream, or all of them with guards, openings and checkpoints.

    `anchor` is an exported checkpoint from outside: everything up to it must still be as it was.
    """
    if stream is not None:
        count, broken = _stream(stream)
        return VerifyReport(1, count, 0, broken)
    streams = list(JournalStream.objects.order_by("name").values_list("name", flat=True))
    entries = 0
    for name in streams:
        count, broken = _stream(name)
        entries += count
        if broken:
            return VerifyReport(len(streams), entries, 0, broken)
    checked, broken = _checkpoints()
    broken = broken or (_anchor(anchor) if anchor else None) or _openings(streams) or _guards()
    return VerifyReport(len(streams), entries, checked, broken)


def _stream(name: str) -> tuple[int, Break | None]:
    """Entries up to the head as it stood when we began: others may append meanwhile."""
    head, reader = head_of(name), ChainReader(name)
    for row in rows(name, up_to=head.seq):
        broken = reader.feed(row)
        if broken:
            return reader.head.seq, broken
    broken = against_head(name, reader.head, head)
    last = (
        JournalEntry.objects.filter(stream__name=name).order_by("-seq").values_list("seq", flat=True).first()
    )
    if not broken and last and last > head_of(name).seq:
        broken = Break(
            name, last, "it stands behind the stream's head; it was inserted, or the head cut back."
        )
    return reader.head.seq, broken


def _checkpoints() -> tuple[int, Break | None]:
    """Signatures, their own chain, and each head they signed (once for each head that moved)."""
    seen: dict[str, Head] = {}
    number, previous = 0, GENESIS
    for found in Checkpoint.objects.order_by("number").iterator(chunk_size=100):
        number += 1
        try:
            payload = payload_of(exported(found))
        except ValueError as error:
            return number, Break("", 0, f"Checkpoint {found.number}: {error}")
        if (found.number, payload["number"], payload["prev"]) != (number, number, previous):
            return number, Break("", 0, f"Checkpoint {number}: it was deleted, replaced or moved.")
        broken = _signed_heads(payload, seen, f"checkpoint {number}")
        if broken:
            return number, broken
        previous = digest_of(found.payload)
    return number, None


def _anchor(document: Mapping[str, Any]) -> Break | None:
    try:
        payload = payload_of(document)
    except ValueError as error:
        return Break("", 0, f"The given checkpoint: {error}")
    stored = Checkpoint.objects.filter(number=payload["number"]).values_list("payload", flat=True).first()
    if stored != document["payload"]:
        return Break("", 0, f"Checkpoint {payload['number']} is not here as it was given; it was rewritten.")
    return _signed_heads(payload, {}, "the given checkpoint")


def _signed_heads(payload: Mapping[str, Any], seen: dict[str, Head], by: str) -> Break | None:
    for item in payload["heads"]:
        name, head = item["stream"], Head(item["seq"], item["hash"])
        if head.seq == 0 or seen.get(name) == head:
            continue
        found = JournalEntry.objects.filter(stream__name=name, seq=head.seq).values_list("hash", flat=True)
        if found.first() != head.hash:
            return Break(name, head.seq, f"it is not the one that {by} signed; the stream was rewritten.")
        seen[name] = head
    return None


def _openings(streams: list[str]) -> Break | None:
    """Every stream was opened in the organisation's, and every stream opened there is here."""
    opened = JournalEntry.objects.filter(stream__name=ORGANISATION, kind="stream.opened")
    recorded: dict[str, int] = {}
    for seq, body in opened.values_list("seq", "body").iterator(chunk_size=_CHUNK):
        recorded[body["stream"]] = seq
    for name in sorted(set(streams) - {ORGANISATION} - set(recorded)):
        return Break(name, 1, "the organisation's stream does not know of its opening.")
    for name in sorted(set(recorded) - set(streams)):
        if not JournalStream.objects.filter(name=name).exists():  # opened while we were reading?
            return Break(ORGANISATION, recorded[name], f"it opened stream {name}, which is gone.")
    return None


def _guards() -> Break | None:
    missing = triggers.missing(connection)
    if not missing:
        return None
    return Break(
        "", 0, f"The database's guards are not in place: {', '.join(missing)}. Somebody dropped them."
    )


def lines(stream: str) -> Iterator[str]:
    """The export: one row a line, as JSON."""
    for row in rows(stream):
        yield json.dumps(row, ensure_ascii=False, separators=(",", ":"))
