# ruff: noqa: S608 (the statements are this file's own)
"""Every kind of tampering by somebody who owns the database is found, and its place named."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from chaos.journal import triggers
from chaos.journal.chain import FIELDS, GENESIS, Head, hash_of, verify_rows
from chaos.journal.checkpoints import checkpoint, exported
from chaos.journal.models import JournalEntry, JournalStream
from chaos.journal.record import head_of
from chaos.journal.verify import lines, rows, verify
from tests.chaos.journal.conftest import AT, guards_dropped

pytestmark = pytest.mark.django_db
PLAN = "plan:payments"
ROWS = f"stream_id = (SELECT id FROM journal_journalstream WHERE name = '{PLAN}')"
COLUMNS = ["version", *(name for name in FIELDS if name not in ("v", "stream")), "hash"]


def rewrite(first: int, **changes: Any) -> None:
    """Rewrite entry `first` and every hash after it, head included: a whole new, consistent chain."""
    with guards_dropped():
        JournalEntry.objects.filter(stream__name=PLAN, seq=first).update(**changes)
        previous = GENESIS
        for row in list(rows(PLAN)):
            row["prev_hash"] = previous
            previous = hash_of(row)
            found = JournalEntry.objects.filter(stream__name=PLAN, seq=row["seq"])
            found.update(prev_hash=row["prev_hash"], hash=previous)
        JournalStream.objects.filter(name=PLAN).update(last_hash=previous)


def tamper(statement: str) -> None:
    with guards_dropped() as cursor:
        cursor.execute(statement)


@pytest.fixture(autouse=True)
def five_entries(recorded: Callable[..., None]) -> None:
    recorded()


def broken_at(anchor: dict[str, Any] | None = None) -> tuple[str, int]:
    report = verify(anchor=anchor)
    assert report.broken is not None
    return report.broken.stream, report.broken.seq


def test_an_untouched_journal_is_sound() -> None:
    checkpoint(AT)
    report = verify()
    assert report.is_sound
    assert (report.streams, report.entries, report.checkpoints) == (2, 6, 1)


@pytest.mark.parametrize("column", COLUMNS)
def test_an_edit_of_any_column_is_found_at_its_entry(column: str) -> None:
    values = {
        "version": "2",
        "seq": "33",
        "at": "'2020-01-01 00:00:00'",
        "recorded_at": "'2020-01-01 00:00:00'",
        "body": "'{}'",
    }
    tamper(
        f"UPDATE journal_journalentry SET {column} = {values.get(column, chr(39) + 'x' + chr(39))} "
        f"WHERE seq = 3 AND {ROWS}"
    )
    assert broken_at() == (PLAN, 3)


def test_a_deleted_entry_is_found() -> None:
    tamper(f"DELETE FROM journal_journalentry WHERE seq = 2 AND {ROWS}")
    assert broken_at() == (PLAN, 2)


def test_a_cut_off_end_is_found_by_the_head() -> None:
    tamper(f"DELETE FROM journal_journalentry WHERE seq > 3 AND {ROWS}")
    assert broken_at() == (PLAN, 4)


def test_an_end_cut_off_together_with_the_head_is_found_by_a_checkpoint() -> None:
    checkpoint(AT)
    with guards_dropped():
        JournalEntry.objects.filter(stream__name=PLAN, seq__gt=3).delete()
        last = JournalEntry.objects.get(stream__name=PLAN, seq=3)
        JournalStream.objects.filter(name=PLAN).update(last_seq=3, last_hash=last.hash)
    assert broken_at() == (PLAN, 5)


def test_swapped_entries_are_found() -> None:
    with guards_dropped() as cursor:
        for origin, to in ((2, 99), (4, 2), (99, 4)):
            cursor.execute(f"UPDATE journal_journalentry SET seq = {to} WHERE seq = {origin} AND {ROWS}")
    assert broken_at() == (PLAN, 2)


def test_an_entry_inserted_behind_the_head_is_found() -> None:
    last = JournalEntry.objects.get(stream__name=PLAN, seq=5)
    last.pk, last.seq, last.prev_hash, last.hash = None, 6, last.hash, "f" * 64
    last.save()
    assert broken_at() == (PLAN, 6)


def test_a_wholly_rewritten_chain_is_found_by_a_checkpoint_and_not_without_one() -> None:
    rewrite(2, text="Something else.")
    assert verify().is_sound
    checkpoint(AT)
    rewrite(2, text="And something else again.")
    assert broken_at() == (PLAN, 5)


def test_a_chain_rewritten_with_its_checkpoints_is_found_by_a_checkpoint_kept_outside() -> None:
    kept = exported(checkpoint(AT))
    assert verify(anchor=kept).is_sound
    rewrite(2, text="Something else.")
    tamper("DELETE FROM journal_checkpoint")
    checkpoint(AT)
    assert verify().is_sound
    report = verify(anchor=kept)
    assert report.broken is not None and "rewritten" in report.broken.what


def test_an_edited_or_deleted_checkpoint_is_found() -> None:
    checkpoint(AT)
    checkpoint(AT)
    tamper("DELETE FROM journal_checkpoint WHERE number = 1")
    report = verify()
    assert report.broken is not None and "Checkpoint 1" in report.broken.what


def test_a_checkpoint_of_a_foreign_key_is_not_believed(state_dir: Path) -> None:
    checkpoint(AT)
    (state_dir / "journal-key").unlink()
    checkpoint(AT)
    report = verify()
    assert report.broken is not None and "not this installation's" in report.broken.what


def test_a_stream_deleted_with_all_its_entries_is_found_by_its_opening() -> None:
    with guards_dropped() as cursor:
        cursor.execute(f"DELETE FROM journal_journalentry WHERE {ROWS}")
        cursor.execute(f"DELETE FROM journal_journalstream WHERE name = '{PLAN}'")
    assert broken_at() == ("organisation", 1)


def test_a_dropped_guard_is_named() -> None:
    name = (
        f"{triggers.ENTRY}_no_truncate"
        if connection.vendor == "postgresql"
        else "journal_journalentry_no_update"
    )
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}" + (f" ON {triggers.ENTRY}" if "truncate" in name else ""))
    report = verify()
    triggers.install(connection)
    assert report.broken is not None and name in report.broken.what


def test_an_exported_file_is_verified_without_the_database() -> None:
    exported_rows = [json.loads(line) for line in lines(PLAN)]
    head = head_of(PLAN)
    assert verify_rows(exported_rows, PLAN, head) is None
    assert verify_rows(exported_rows[:-1], PLAN) is None
    assert str(verify_rows(exported_rows[:-1], PLAN, head)) == (
        "Stream plan:payments, entry 5: it is missing; the stream had 5 entries."
    )
    for index in range(5):
        edited = [dict(row) for row in exported_rows]
        edited[index]["text"] += "."
        broken = verify_rows(edited, PLAN, head)
        assert broken is not None and broken.seq == index + 1


def test_a_file_with_a_strange_line_is_a_break_and_not_a_crash() -> None:
    broken = verify_rows([{"seq": 1}], PLAN, Head())
    assert broken is not None and "fields" in broken.what
