"""What only the store in the database can get wrong."""

from __future__ import annotations

import sqlite3
from unittest import mock

import pytest
from django.db import InterfaceError, connection, transaction
from django.db.backends.sqlite3.base import DatabaseWrapper

from chaos.domain.errors import StoreUnavailable
from chaos.domain.left import Left
from chaos.domain.record import Change, Event
from chaos.domain.run import Stop
from chaos.domain.sight import Reading
from chaos.domain.states import RunState, StopKind
from chaos.journal.models import Checkpoint, JournalEntry
from chaos.models import Cluster, Run
from chaos.services.stop_record import want_stop
from chaos.services.store import DjangoStore
from chaos.services.words import stopping
from tests.chaos.services.troubles import said
from tests.support.launching import AT, STREAM, a_run

STORE = DjangoStore(lambda: AT)
NUL = "cut\x00here \ud800"


@pytest.mark.django_db
def test_text_that_a_database_cannot_hold_keeps_no_run_from_being_written():
    run = a_run()
    fence = STORE.claim(run, "first", AT)
    change = Change(
        AT,
        stop=Stop(AT, StopKind.FAULT, NUL),
        residue=(Left(NUL),),
        manifests={0: {"text": NUL}},
        read_back=({"index": 0, "objects": [{"text": NUL}]},),
        readings=(Reading("p99", AT, AT, None, NUL),),
        events=(Event("run.act_failed", NUL, AT, body={"error": NUL}),),
    )
    assert STORE.record(run, fence, change)
    assert STORE.load(run).readings[0].unknown == "cut\ufffdhere ?"
    assert STORE.signals(run).stop.reason == "cut\ufffdhere ?"


@pytest.mark.django_db
def test_the_journal_names_the_run_its_scenario_and_who_may_read_it():
    run = a_run()
    fence = STORE.claim(run, "first", AT)
    STORE.record(run, fence, Change(AT, events=(Event("note", "Said.", AT, "organisers", {"n": 1}),)))
    entry = JournalEntry.objects.order_by("pk").last()
    assert (entry.stream.name, entry.run, entry.scenario) == (STREAM, run, "pod-failure")
    assert (entry.audience, entry.body) == ("organisers", {"n": 1})


@pytest.mark.django_db
def test_the_chaos_namespace_is_protected_whatever_the_clusters_row_says():
    run = a_run()
    Cluster.objects.update(chaos_namespace="faults", limits={"protected_namespaces": []})
    assert STORE.signals(run).limits.protected_namespaces == ("faults",)


@pytest.mark.django_db
@pytest.mark.parametrize("limits", [{"max_percent": "many"}, {"max_moons": 1}, []])
def test_limits_that_cannot_be_read_are_none_at_all_and_a_stop_is_heard_beside_them(limits):
    run = a_run()
    Cluster.objects.update(limits=limits)
    want_stop([run], Stop(AT, StopKind.PERSON, "Smoke.", "otto"))
    found = STORE.signals(run)
    assert (found.limits, found.stop.reason) == (None, "Smoke.")
    assert STORE.load(run).signals.limits is None


@pytest.mark.django_db
def test_whoever_stopped_a_run_is_not_said_to_have_robbed_it():
    """The Stop is written first, then what its driver made of the engine that the Stop had deleted."""
    run = a_run()
    fence = STORE.claim(run, "first", AT)
    want_stop([run], Stop(AT, StopKind.PERSON, "Smoke.", "otto"))
    gone = Stop(AT, StopKind.FAULT, "Its engine is gone; somebody deleted it.")
    assert STORE.record(run, fence, Change(AT, stop=gone, events=stopping(gone, None)))
    assert said("run.stop_wanted") == ["otto pressed Stop: Smoke."]
    assert STORE.signals(run).stop.by == "otto"


@pytest.mark.django_db
def test_every_end_is_signed_and_an_end_that_cannot_be_signed_is_an_end_all_the_same(monkeypatch):
    change = Change(AT, moved=(RunState.PENDING, RunState.ABORTED))
    run = a_run()
    assert STORE.record(run, STORE.claim(run, "first", AT), change)
    assert Checkpoint.objects.count() == 1
    run = a_run()

    def fail(now):
        raise OSError("no space left on device")

    monkeypatch.setattr("chaos.journal.checkpoints.checkpoint", fail)
    assert STORE.record(run, STORE.claim(run, "first", AT), change)
    assert Run.objects.get(pk=run).state == "aborted"


@pytest.mark.django_db
def test_a_connection_that_is_broken_counts_as_a_store_that_is_away():
    run = a_run()

    def refuse(*_):
        raise InterfaceError("connection already closed")

    with connection.execute_wrapper(refuse), pytest.raises(StoreUnavailable, match="already closed"):
        STORE.signals(run)


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_a_broken_connection_is_given_up_and_the_next_call_opens_another():
    run = a_run()

    def refuse(*_):
        raise InterfaceError("connection already closed")

    with connection.execute_wrapper(refuse), pytest.raises(StoreUnavailable):
        STORE.record(run, 1, Change(AT))
    if connection.vendor == "postgresql":
        assert connection.connection is None
    assert STORE.signals(run).stop is None


@pytest.fixture
def another_writer(tmp_path, django_db_blocker):
    """A file whose lock another process holds, as the connection that the store uses."""
    path = tmp_path / "locked.sqlite3"
    other = sqlite3.connect(path, isolation_level=None)
    other.executescript("PRAGMA journal_mode=WAL; CREATE TABLE t (x); BEGIN IMMEDIATE;")
    given = {"NAME": str(path), "OPTIONS": {"timeout": 0.05, "transaction_mode": "IMMEDIATE"}}
    ours = DatabaseWrapper(connection.settings_dict | given, alias="locked")
    with (
        mock.patch.object(transaction, "get_connection", lambda using=None: ours),
        mock.patch("chaos.services.store.connection", ours),
        django_db_blocker.unblock(),
    ):
        yield ours
    ours.close()
    other.close()


def test_a_locked_sqlite_file_is_a_store_that_is_away_and_leaves_no_transaction_open(another_writer):
    with pytest.raises(StoreUnavailable, match="locked"):
        STORE.record("r", 1, Change(AT))
    assert not another_writer.in_atomic_block
