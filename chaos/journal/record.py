"""Appending. An entry stands in the same transaction as the change that it records, or neither does."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models.functions import Now

from chaos.domain import codec
from chaos.journal import ORGANISATION
from chaos.journal.chain import Head, hash_of
from chaos.journal.models import Audience, JournalEntry, JournalStream


def append(
    stream: str,
    kind: str,
    text: str,
    *,
    at: datetime,
    actor: str = "",
    actor_name: str = "",
    audience: str = "everyone",
    scenario: str = "",
    run: str = "",
    body: Mapping[str, Any] | None = None,
) -> JournalEntry:
    """Append one entry to `stream`, opening it if it is new; `text` is a sentence for people.

    `body` may hold what `chaos.domain.codec` can write: no floats (use Decimal or text), no secrets.
    Where one act goes into two streams, append to the plan's first and to the organisation's last, so
    that two transactions never wait for each other.

    Raises RuntimeError outside `transaction.atomic`, ValueError for a naive `at` or an unknown audience,
    TypeError for a body with a float in it.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("Append to the journal inside transaction.atomic, with the change it records.")
    if at.tzinfo is None:
        raise ValueError("The instant of a journal entry needs a time zone.")
    row = {
        "v": 1,
        "stream": stream,
        "at": codec.to_plain(at),
        "kind": kind,
        "text": storable(text),
        "actor": storable(actor),
        "actor_name": storable(actor_name),
        "audience": Audience(audience).value,
        "scenario": scenario,
        "run": run,
        "body": storable(codec.to_plain(body or {})),
    }
    head = _lock(stream)
    if head.last_seq == 0 and stream != ORGANISATION:
        opened = f"The journal of {stream} was opened."
        append(ORGANISATION, "stream.opened", opened, at=at, body={"stream": stream})
    return _add(head, row)


def head_of(stream: str) -> Head:
    """Where the stream stands; an unknown stream stands at zero."""
    found = JournalStream.objects.filter(name=stream).values_list("last_seq", "last_hash").first()
    return Head(*found) if found else Head()


def lock(stream: str) -> None:
    """Keep others from appending to it until the transaction ends, also before its first entry: of two who
    look whether something stands there and then write it, one finds it."""
    _lock(stream)


def _lock(stream: str) -> JournalStream:
    head = _locked_head(stream)
    if head is None:
        # ignore_conflicts: a second opener waits for the first one's commit and then finds its row.
        JournalStream.objects.bulk_create([JournalStream(name=stream)], ignore_conflicts=True)
        head = _locked_head(stream)
    if head is None:
        raise RuntimeError(f"The journal's stream {stream} could not be opened.")
    return head


def _locked_head(stream: str) -> JournalStream | None:
    """The head's row, locked until the transaction ends, with the database's own time beside it."""
    heads = JournalStream.objects.select_for_update().annotate(db_now=Now())
    return heads.filter(name=stream).first()


def _add(head: JournalStream, row: dict[str, Any]) -> JournalEntry:
    recorded_at: datetime = head.db_now  # type: ignore[attr-defined]
    row |= {
        "seq": head.last_seq + 1,
        "recorded_at": codec.to_plain(recorded_at),
        "prev_hash": head.last_hash,
    }
    row["hash"] = hash_of(row)
    fields = {name: value for name, value in row.items() if name not in ("v", "stream")}
    fields |= {"at": _instant(row["at"]), "recorded_at": recorded_at.astimezone(UTC)}
    entry = JournalEntry.objects.create(version=row["v"], stream=head, **fields)
    head.last_seq, head.last_hash = entry.seq, entry.hash
    head.save(update_fields=["last_seq", "last_hash"])
    return entry


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def storable(value: Any) -> Any:
    """One Unicode form (NFC), without the characters that a database or UTF-8 cannot hold."""
    if isinstance(value, str):
        held = value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")
        return unicodedata.normalize("NFC", held)
    if isinstance(value, dict):
        return {storable(key): storable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [storable(item) for item in value]
    return value
