"""Stop while the database cannot be written: the answer is not kept, and the record is there afterwards."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection

from chaos.domain.run import Stop
from chaos.domain.states import RunState, StopKind
from chaos.models import Run
from chaos.services import stop_record
from chaos.services.stop import stop_runs
from chaos.services.stop_record import want_stop, want_stop_late
from tests.chaos.services.troubles import said
from tests.support.cluster_port import QuietCluster
from tests.support.launching import AT, a_run
from tests.support.locking import held_by_another, soon
from tests.support.shared_database import shared_database

__all__ = ["shared_database"]

BUTTON = Stop(AT, StopKind.PERSON, "Smoke in the room.", "otto")
AGAIN = Stop(AT + timedelta(seconds=1), StopKind.PERSON, "Me too.", "petra")
PATIENCE = timedelta(milliseconds=200)
NOTICED = timedelta(seconds=2)


@pytest.fixture(autouse=True)
def every_late_record_has_ended():
    yield
    for thread in threading.enumerate():
        if thread.name == "late record of a stop":
            thread.join(10)
            assert not thread.is_alive()


def wanted():
    return Run.objects.exclude(stop_wanted_at=None).exists()


def test_the_answer_comes_in_time_and_the_record_when_the_database_can_be_written(shared_database):
    run, port = a_run(RunState.INJECTING), QuietCluster()
    with held_by_another():
        began = time.monotonic()
        stopped = stop_runs({run: port}, BUTTON, PATIENCE)
        assert time.monotonic() - began < 2
        assert "could not be written down" in stopped.record_error
        assert (stopped.asked, stopped.waiting) == ((run,), ())
        assert "revert" in port.said
        assert not wanted()
    assert soon(wanted)
    assert said("run.stop_wanted") == ["otto pressed Stop: Smoke in the room."]


def test_the_patience_of_every_other_write_is_what_it_was(shared_database):
    run = a_run(RunState.INJECTING)
    with held_by_another():
        stop_runs({run: QuietCluster()}, BUTTON, PATIENCE)
    assert soon(wanted)
    want_stop([run], BUTTON, PATIENCE)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            assert cursor.execute("PRAGMA busy_timeout").fetchone() == (20_000,)
        else:
            cursor.execute("SHOW lock_timeout")
            assert cursor.fetchone() == ("0",)


def test_pressed_again_and_again_it_is_tried_for_the_first_who_pressed_alone(shared_database):
    run = a_run(RunState.INJECTING)
    with held_by_another():
        for stop in (BUTTON, AGAIN, AGAIN):
            stop_runs({run: QuietCluster()}, stop, timedelta(0))
        names = [thread.name for thread in threading.enumerate()]
        assert names.count("late record of a stop") == 1
    assert soon(wanted)
    assert Run.objects.get().stopped_by == "otto"


def test_a_run_that_stopped_itself_over_what_the_stop_did_is_said_to_be_stopped_by_the_person(
    shared_database,
):
    run = a_run(
        RunState.REVERTING,
        stop_wanted_at=AT + NOTICED,
        stop_kind="fault",
        stop_reason="Its engine is gone; somebody deleted it.",
    )
    want_stop_late([run], BUTTON)
    assert soon(lambda: Run.objects.get().stopped_by == "otto")
    row = Run.objects.get()
    assert (row.stop_kind, row.stop_wanted_at, row.stop_reason) == ("person", AT, "Smoke in the room.")


def test_what_was_pressed_before_the_run_ended_is_on_its_timeline_however_late(shared_database):
    run = a_run(RunState.FAILED, state_since=AT + NOTICED)
    want_stop_late([run], BUTTON)
    text = "otto pressed Stop at 10:00:00 UTC, before the run ended: Smoke in the room."
    assert soon(lambda: said("run.stop_wanted") == [text])
    row = Run.objects.get()
    assert (row.state, row.stop_wanted_at) == ("failed", None), "what ended is not changed"


def test_a_record_that_never_can_be_written_is_given_up_and_logged(shared_database, monkeypatch, caplog):
    run = a_run(RunState.INJECTING)
    monkeypatch.setattr(stop_record, "KEEP_TRYING", timedelta(0))
    monkeypatch.setattr(stop_record, "want_stop", lambda runs, stop, _: want_stop(runs, stop, PATIENCE))
    with held_by_another():
        want_stop_late([run], BUTTON)
        assert soon(lambda: any(record.levelname == "ERROR" for record in caplog.records))
    assert f"The stop of {run} by otto could not be written down." in caplog.messages
