"""The chain, pure: what is hashed, and a verifier of plain rows that needs no database.

A row is a JSON object with FIELDS and `hash`; instants are RFC 3339 UTC strings with microseconds.
`hash` is the SHA-256, in lower-case hex, of the canonical JSON (RFC 8785) of the row without `hash`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from chaos.domain import codec

GENESIS = "0" * 64
"""The `prev_hash` of a stream's first entry."""

FIELDS = (
    "v",
    "stream",
    "seq",
    "at",
    "recorded_at",
    "kind",
    "text",
    "actor",
    "actor_name",
    "audience",
    "scenario",
    "run",
    "body",
    "prev_hash",
)


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a stream; seq 0 and GENESIS when it is empty."""

    seq: int = 0
    hash: str = GENESIS


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where a record is not what was written, and a sentence about it."""

    stream: str
    seq: int
    what: str

    def __str__(self) -> str:
        place = f"Stream {self.stream}, entry {self.seq}: " if self.stream else ""
        return place + self.what


def hash_of(row: Mapping[str, Any]) -> str:
    """The hash that the row should have. Raises KeyError for a missing field."""
    return codec.digest({name: row[name] for name in FIELDS})


class ChainReader:
    """Feed it the rows of one stream in order; it keeps nothing but the head."""

    def __init__(self, stream: str, head: Head | None = None) -> None:
        self.stream = stream
        self.head = head or Head()

    def feed(self, row: Mapping[str, Any]) -> Break | None:
        """The break that this row shows, or None; after a break the reader is of no further use."""
        due = self.head.seq + 1
        what = self._wrong_with(row, due)
        if what:
            return Break(self.stream, due, what)
        self.head = Head(due, row["hash"])
        return None

    def _wrong_with(self, row: Mapping[str, Any], due: int) -> str:
        if set(row) != {*FIELDS, "hash"}:
            return "the fields are not those of a journal entry."
        if row["stream"] != self.stream:
            return f"it belongs to stream {row['stream']}."
        if row["seq"] != due:
            return f"entry {row['seq']} stands here; an entry was deleted, inserted or moved."
        if row["prev_hash"] != self.head.hash:
            return "it does not follow the entry before it; an entry was replaced, inserted or moved."
        try:
            is_same = hash_of(row) == row["hash"]
        except (TypeError, ValueError):
            is_same = False
        return "" if is_same else "its content is not what was recorded; it was edited."


def against_head(stream: str, found: Head, head: Head) -> Break | None:
    """Does the chain end where its head says?"""
    if found.seq < head.seq:
        return Break(stream, found.seq + 1, f"it is missing; the stream had {head.seq} entries.")
    if found != head:
        return Break(stream, head.seq, "the stream's head names another entry as the last one.")
    return None


def verify_rows(rows: Iterable[Mapping[str, Any]], stream: str, head: Head | None = None) -> Break | None:
    """The first break in a whole stream's rows, or None. Without `head`, a cut-off end cannot be seen."""
    reader = ChainReader(stream)
    for row in rows:
        found = reader.feed(row)
        if found:
            return found
    return against_head(stream, reader.head, head) if head else None
