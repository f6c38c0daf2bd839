"""What the journal could not take at the time: kept through a crash, taken late, once, and marked."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import InterfaceError, connection

from chaos.journal import ORGANISATION, spool
from chaos.journal.models import JournalEntry
from chaos.journal.queries import entries
from chaos.journal.record import append
from chaos.journal.spool import Spooled, ingest, keep, waiting
from chaos.journal.verify import verify
from tests.chaos.journal.conftest import AT

LATER = AT + timedelta(hours=1)
HALT = Spooled(AT, "halt.pulled", "ada halted everything: Smoke.", "ada", "The database was away.")


def refuse(*_: object, **__: object) -> None:
    raise InterfaceError("connection already closed")


def test_it_is_kept_without_the_database_and_through_to_the_disk(monkeypatch):
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(descriptor))
    path = Path(keep(HALT))
    assert waiting() == [path] and len(synced) == 2
    assert json.loads(path.read_text())["at"] == "2026-03-05T09:00:00.123456Z"
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.django_db
def test_it_is_taken_with_its_own_instant_and_marked_as_late():
    keep(HALT)
    assert ingest(LATER).taken == (HALT.text,)
    entry = entries(ORGANISATION).get(kind="halt.pulled")
    assert (entry.at, entry.actor, entry.text) == (AT, "ada", f"{HALT.text} {spool.LATE}")
    assert entry.body == {"is_late": True, "why": "The database was away."}
    assert waiting() == [] and not verify().broken


@pytest.mark.django_db
def test_taken_again_after_a_crash_in_between_it_stands_there_once(monkeypatch):
    keep(HALT)
    with monkeypatch.context() as crash:
        crash.setattr(Path, "unlink", refuse)
        with pytest.raises(InterfaceError):
            ingest(LATER)
    assert ingest(LATER).taken == ()
    assert JournalEntry.objects.filter(kind="halt.pulled").count() == 1 and waiting() == []


@pytest.mark.django_db(transaction=True)
def test_what_was_written_down_late_by_whoever_did_it_is_not_taken_a_second_time():
    from django.db import transaction

    with transaction.atomic():
        append(ORGANISATION, "halt.pulled", HALT.text, at=AT, actor="ada")
    keep(HALT)
    assert ingest(LATER).taken == ()
    assert JournalEntry.objects.filter(kind="halt.pulled").count() == 1


@pytest.mark.django_db
def test_while_the_database_is_away_everything_goes_on_waiting():
    keep(HALT)
    with connection.execute_wrapper(refuse), pytest.raises(InterfaceError):
        ingest(LATER)
    assert len(waiting()) == 1
    with connection.execute_wrapper(refuse), pytest.raises(CommandError, match="1 records wait"):
        call_command("journal", "ingest")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"at": 1}', '{"at":"2026-03-05T09:00:00","kind":"k","text":"t","actor":"a","why":"w"}'],
    ids=["empty", "torn", "no object", "fields missing", "no time zone"],
)
def test_what_cannot_be_read_is_kept_aside_said_and_holds_up_nothing(text: str):
    path = Path(keep(HALT))
    torn = path.with_name("20260101T000000.000000-0000.json")
    torn.write_text(text)
    errors = StringIO()
    with pytest.raises(SystemExit) as exited:
        call_command("journal", "ingest", stdout=StringIO(), stderr=errors)
    assert exited.value.code == 2
    assert torn.with_suffix(".unreadable").read_text() == text
    assert "cannot be read" in errors.getvalue()
    said = [*entries(ORGANISATION).values_list("kind", flat=True)]
    assert said == ["spool.unreadable", "halt.pulled"]


def test_a_disk_that_takes_nothing_raises_nothing_and_the_log_has_it_all(monkeypatch, caplog):
    monkeypatch.setattr(os, "fsync", lambda descriptor: (_ for _ in ()).throw(OSError("No space left")))
    assert keep(HALT) == ""
    assert "ada halted everything: Smoke." in caplog.text and "No space left" in caplog.text
    assert waiting() == []


@pytest.mark.django_db
def test_beat_takes_what_waits():
    from chaos.tasks import ingest_spool
    from gameday.celery import app

    keep(HALT)
    assert ingest_spool() == 1
    assert "chaos.tasks.ingest_spool" in {item["task"] for item in app.conf.beat_schedule.values()}
