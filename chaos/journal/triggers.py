"""The database's own guards: entries and checkpoints are never changed, heads only move one forward.

An owner of the database can drop them; `journal verify` says so when one is missing. What an owner
rewrote, the chain and the signed checkpoints show.
"""

from __future__ import annotations

from typing import Any

ENTRY, STREAM, CHECKPOINT = "journal_journalentry", "journal_journalstream", "journal_checkpoint"
_FOR_EVER = "The journal is append-only."
_RAISE = f"BEGIN SELECT RAISE(ABORT, '{_FOR_EVER}'); END"
_FORWARD = "NEW.name = OLD.name AND NEW.last_seq = OLD.last_seq + 1"

_SQLITE: dict[str, str] = {}
for _table in (ENTRY, CHECKPOINT):
    _SQLITE[f"{_table}_no_update"] = f"BEFORE UPDATE ON {_table} {_RAISE}"
for _table in (ENTRY, CHECKPOINT, STREAM):
    _SQLITE[f"{_table}_no_delete"] = f"BEFORE DELETE ON {_table} {_RAISE}"
# INSERT OR REPLACE deletes without asking the delete trigger unless recursive_triggers is on, and a
# connection can turn that off: so an insert over something that is there is refused by itself.
for _table, _same in (
    (ENTRY, "id = NEW.id OR hash = NEW.hash OR (stream_id = NEW.stream_id AND seq = NEW.seq)"),
    (CHECKPOINT, "id = NEW.id OR number = NEW.number"),
    (STREAM, "id = NEW.id OR name = NEW.name"),
):
    _SQLITE[f"{_table}_no_replace"] = (
        f"BEFORE INSERT ON {_table} WHEN EXISTS (SELECT 1 FROM {_table} WHERE {_same}) {_RAISE}"  # noqa: S608
    )
_SQLITE[f"{STREAM}_forward"] = (
    f"BEFORE UPDATE ON {STREAM} WHEN NOT ({_FORWARD}) "
    f"BEGIN SELECT RAISE(ABORT, 'A journal stream only moves one entry forward.'); END"
)

_POSTGRES_FUNCTION = f"""
CREATE OR REPLACE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{_FOR_EVER}' USING ERRCODE = 'restrict_violation'; END $$
"""
_POSTGRES: dict[str, tuple[str, str]] = {}
for _table in (ENTRY, CHECKPOINT):
    _POSTGRES[f"{_table}_no_change"] = (_table, f"BEFORE UPDATE OR DELETE ON {_table} FOR EACH ROW")
_POSTGRES[f"{STREAM}_no_delete"] = (STREAM, f"BEFORE DELETE ON {STREAM} FOR EACH ROW")
_POSTGRES[f"{STREAM}_forward"] = (STREAM, f"BEFORE UPDATE ON {STREAM} FOR EACH ROW WHEN (NOT ({_FORWARD}))")
for _table in (ENTRY, CHECKPOINT, STREAM):
    _POSTGRES[f"{_table}_no_truncate"] = (_table, f"BEFORE TRUNCATE ON {_table} FOR EACH STATEMENT")


def install(connection: Any) -> None:
    """Create the guards. `connection` is a Django database connection."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name, rule in _SQLITE.items():
                cursor.execute(f"CREATE TRIGGER IF NOT EXISTS {name} {rule}")
        elif connection.vendor == "postgresql":
            cursor.execute(_POSTGRES_FUNCTION)
            for name, (table, rule) in _POSTGRES.items():
                cursor.execute(f"CREATE OR REPLACE TRIGGER {name} {rule} EXECUTE FUNCTION journal_refuse()")
                # ALWAYS: else session_replication_role = replica would switch it off.
                cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")
        else:
            raise RuntimeError(f"The journal has no guards on {connection.vendor}; use PostgreSQL or SQLite.")


def remove(connection: Any) -> None:
    """Drop the guards; only migrations backwards and tests that empty a database do."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name in _SQLITE:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        else:
            for name, (table, _) in _POSTGRES.items():
                cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")


def missing(connection: Any) -> list[str]:
    """The names of the guards that are not in place (or, on PostgreSQL, not enabled always)."""
    if connection.vendor == "sqlite":
        wanted, query = set(_SQLITE), "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        wanted, query = set(_POSTGRES), "SELECT tgname FROM pg_trigger WHERE tgenabled = 'A'"
    with connection.cursor() as cursor:
        cursor.execute(query)
        return sorted(wanted - {name for (name,) in cursor.fetchall()})
