"""Stop and Halt of somebody who is signed in, while the database takes every question and answers none."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection
from django.db.models import Model

from chaos.journal import spool
from chaos.journal.models import JournalEntry
from chaos.models import Cluster, Halt, Run
from chaos.services import address_book
from chaos.services.halting import halt
from chaos.services.patience import each_answered_within, hung_up_after
from chaos.wiring import ports_for_a_halt
from gameday import access
from gameday.conduct import services
from gameday.people.models import User
from tests.gameday.cast import NOW
from tests.gameday.conduct import a_run
from tests.gameday.conduct.conftest import a_day, signed_in
from tests.gameday.conduct.reading import text_of
from tests.support.cluster_port import QuietCluster
from tests.support.locking import soon

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
SHORT = timedelta(milliseconds=300)


@contextmanager
def hanging(*models: type[Model]) -> Iterator[None]:
    """Whoever asks for these waits, and would for ever."""
    tables = [model._meta.db_table for model in models]
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE")
        yield
    finally:
        other.close()
        connection.close()  # as the end of a request does with one that broke


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "KNOWN_WITHIN", SHORT)
    monkeypatch.setattr(services, "ANSWERS_WITHIN", SHORT)


@pytest.mark.parametrize("path", ["/stop", "/halt"])
def test_where_nobody_can_be_recognised_that_is_said_in_time_with_the_ways_that_need_nobody(path, cluster):
    run = a_run.live(a_day())
    client = signed_in("otto")
    cluster.said.clear()
    with hanging(Session, User):
        began = time.monotonic()
        answer = client.post(path, {"run": run, "reason": "Smoke."})
        assert time.monotonic() - began < 3
    assert answer.status_code == 503 and cluster.said == []
    words = text_of(answer)
    assert "was hung up on" in words and "Nothing was stopped." in words
    assert 'href="/break-glass/"' in answer.content.decode() and "halt --no-db" in words


def test_a_halt_of_somebody_who_was_recognised_acts_by_the_address_book_and_is_recorded_late(
    cluster, monkeypatch, settings, tmp_path
):
    settings.STATE_DIR, settings.SPOOL_DIR = tmp_path, tmp_path / "spool"
    a_day()
    client, port = signed_in("otto"), QuietCluster()
    address_book.write([address_book.Address("practice", "https://k8s", "", "", "chaos", "chaos-runner")])
    monkeypatch.setattr(services.wiring, "ports_at", lambda known: {item.name: port for item in known})
    monkeypatch.setattr(services.wiring, "ports_for_a_halt", ports_for_a_halt)
    with hanging(Cluster, Run, Halt):
        began = time.monotonic()
        answer = client.post("/halt", {"reason": "Smoke."}, headers={"Accept": "application/json"})
        assert time.monotonic() - began < 5
        assert port.lever == "Smoke. (by otto)"
        assert "It is not written down yet" in answer.json()["told"] and len(spool.waiting()) == 1
    assert soon(lambda: Halt.objects.filter(by="otto").exists())
    spool.ingest(NOW)
    assert JournalEntry.objects.filter(kind="halt.pulled").count() == 1, "late, and once"


def test_a_record_that_hangs_in_its_commit_holds_up_no_halt():
    """What the server's own timeouts do not see: it is cut off from here."""
    port = QuietCluster()
    with hanging(Halt), connection.execute_wrapper(_without_timeouts):
        began = time.monotonic()
        halted = halt("otto", "Smoke.", {"practice": port}, NOW, patience=SHORT)
        assert time.monotonic() - began < 5
    assert port.lever and "was hung up on" in halted.record_error
    assert soon(lambda: Halt.objects.filter(by="otto").exists())


def _without_timeouts(execute, sql, params, many, context):
    return None if "set_config" in sql else execute(sql, params, many, context)


def test_what_answers_in_time_is_not_cut_off_however_long_all_of_it_takes():
    with each_answered_within(SHORT), connection.cursor() as cursor:
        for _ in range(3):
            cursor.execute("SELECT pg_sleep(0.15)")
    with hung_up_after(None), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.4)")


def test_who_asks_again_after_it_was_cut_off_has_a_new_connection():
    with (
        pytest.raises(OperationalError, match="was hung up on"),
        each_answered_within(SHORT),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT pg_sleep(2)")
    connection.close()
    assert Halt.objects.count() == 0
