# ruff: noqa: S608 (the statements are this file's own)
"""The database itself refuses to rewrite the journal, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction

from chaos.journal import triggers
from chaos.journal.checkpoints import checkpoint
from chaos.journal.models import Checkpoint, JournalEntry, JournalStream
from tests.chaos.journal.conftest import AT

pytestmark = pytest.mark.django_db
REWRITES = [
    "UPDATE journal_journalentry SET text = 'x' WHERE seq = 2",
    "UPDATE journal_journalentry SET text = text",
    "DELETE FROM journal_journalentry WHERE seq = 5",
    "DELETE FROM journal_journalentry",
    "DELETE FROM journal_journalstream",
    "UPDATE journal_journalstream SET last_seq = 0",
    "UPDATE journal_journalstream SET last_hash = 'x'",
    "UPDATE journal_journalstream SET name = 'x'",
    "UPDATE journal_checkpoint SET payload = 'x'",
    "DELETE FROM journal_checkpoint",
]
COLUMNS = (
    "id, version, seq, at, recorded_at, kind, text, actor, actor_name, audience, scenario, run, body, "
    "prev_hash, hash, stream_id"
)


def refused(statement: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("statement", REWRITES)
def test_a_rewriting_statement_is_refused(statement: str, recorded: Callable[..., None]) -> None:
    recorded()
    checkpoint(AT)
    refused(statement)
    assert JournalEntry.objects.filter(stream__name="plan:payments").count() == 5
    assert Checkpoint.objects.count() == 1


@pytest.mark.parametrize("table", [triggers.ENTRY, triggers.STREAM, triggers.CHECKPOINT])
def test_truncating_is_refused(table: str, recorded: Callable[..., None]) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no TRUNCATE; its DELETE without WHERE is tried above.")
    recorded()
    refused(f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize("recursive", ["ON", "OFF"])
def test_replacing_a_row_is_refused_whatever_the_connection_set(
    recursive: str, recorded: Callable[..., None]
) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("INSERT OR REPLACE is SQLite's.")
    recorded()
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA recursive_triggers={recursive}")
    changed = COLUMNS.replace("text", "'x'")
    refused(
        f"INSERT OR REPLACE INTO journal_journalentry ({COLUMNS}) "
        f"SELECT {changed} FROM journal_journalentry WHERE seq = 2"
    )
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA recursive_triggers=ON")
    assert not JournalEntry.objects.filter(text="x").exists()


def test_an_upsert_is_refused(recorded: Callable[..., None]) -> None:
    recorded()
    refused(
        f"INSERT INTO journal_journalentry ({COLUMNS}) SELECT {COLUMNS} FROM journal_journalentry "
        "WHERE seq = 2 ON CONFLICT (hash) DO UPDATE SET text = 'x'"
    )


def test_the_settings_turn_recursive_triggers_on() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("A pragma of SQLite.")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA recursive_triggers")
        assert cursor.fetchone() == (1,)


def test_every_guard_is_in_place_after_migrating() -> None:
    assert triggers.missing(connection) == []
    assert JournalStream.objects.count() == 0
