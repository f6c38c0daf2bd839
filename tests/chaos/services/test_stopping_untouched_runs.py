"""A run that waits for its first driver is over when somebody stops it, and keeps its cluster from nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from chaos.domain.run import Stop
from chaos.domain.states import RunState, StopKind
from chaos.journal.models import Checkpoint
from chaos.models import Run
from chaos.services.evidence_queries import run_of
from chaos.services.halting import halt
from chaos.services.stop import stop_run
from chaos.services.stop_record import want_stop
from chaos.services.store import DjangoStore
from tests.chaos.services.troubles import said
from tests.support.at_once import at_once
from tests.support.cluster_port import QuietCluster
from tests.support.launching import AT, a_run, launched
from tests.support.shared_database import shared_database

__all__ = ["shared_database"]

NOW = AT + timedelta(minutes=3)
BUTTON = Stop(NOW, StopKind.PERSON, "Smoke in the room.", "otto")
STORE = DjangoStore(lambda: NOW)


def test_a_stop_ends_it_at_once_and_says_that_nothing_was_injected(port):
    run = a_run()
    assert stop_run(run, BUTTON, port) == ""
    row = Run.objects.get()
    assert (row.state, row.state_since, row.verdict) == ("aborted", NOW, "inconclusive")
    assert (row.stop_kind, row.stop_reason, row.stopped_by) == ("person", "Smoke in the room.", "otto")
    assert said("run.stop_wanted") == ["otto pressed Stop: Smoke in the room."]
    assert said("run.receipt") == [
        "Stop receipt: No driver had taken the run up; nothing was injected, and there is nothing to undo."
    ]
    assert said("run.state") == ["Aborted: Smoke in the room; nothing had been injected."]
    assert "revert" in port.said, "what the record says is no reason not to look after the cluster"
    assert run_of(run).marks.decided_at == NOW


def test_its_cluster_is_free_for_the_next_run(port):
    stop_run(a_run(), BUTTON, port)
    assert launched(port) in {str(run.pk) for run in Run.objects.filter(state="pending")}


def test_a_driver_that_is_rung_for_it_later_finds_it_over(port):
    run = a_run()
    stop_run(run, BUTTON, port)
    assert STORE.claim(run, "late", NOW) is None


@pytest.mark.parametrize("is_held", [True, False], ids=["it drives", "it is gone again"])
def test_of_a_run_that_a_driver_had_nobody_says_that_nothing_was_injected(port, is_held):
    run = a_run()
    fence = STORE.claim(run, "first", NOW)
    if not is_held:
        STORE.release(run, fence)
    stop_run(run, BUTTON, port)
    row = Run.objects.get()
    assert (row.state, row.stop_wanted_at) == ("pending", NOW), "its end is the driver's"
    assert said("run.receipt") == []


@pytest.mark.parametrize("state", [state for state in RunState if not state.is_final][1:])
def test_of_a_run_that_is_further_only_the_intent_is_written(port, state):
    stop_run(a_run(state), BUTTON, port)
    assert Run.objects.get().state == state.value


def test_a_halt_ends_it_as_well(port):
    a_run()
    assert halt("otto", "A real incident.", {"practice": port}, NOW).record_error == ""
    assert Run.objects.get().state == "aborted"
    assert said("run.state") == ["Aborted: Halted: A real incident; nothing had been injected."]


@pytest.mark.django_db(transaction=True)
def test_its_end_is_signed():
    want_stop([a_run()], BUTTON)
    assert Checkpoint.objects.count() == 1


@pytest.mark.django_db
def test_a_reason_that_a_database_cannot_hold_keeps_no_stop_from_being_written():
    run = a_run()
    want_stop([run], Stop(NOW, StopKind.PERSON, "cut\x00here", "otto"))
    assert Run.objects.get().stop_reason == "cut\ufffdhere"


def test_a_stop_and_a_driver_at_the_same_instant_agree_on_who_came_first(shared_database):
    for turn in range(8):
        run = a_run()
        stopped, fence = at_once([
            lambda run=run: want_stop([run], BUTTON),
            lambda run=run: STORE.claim(run, "first", NOW),
        ])  # fmt: skip
        row = Run.objects.get(pk=run)
        assert stopped == 1
        assert row.stop_wanted_at == NOW, "whoever came first, it is to stop"
        assert (row.state, fence) in [("aborted", None), ("pending", 1)], turn
        assert len(said("run.receipt")) == Run.objects.filter(fence=0).count()
        Run.objects.filter(pk=run).update(state="aborted")


def test_a_driver_that_comes_between_the_look_and_the_write_has_it(port):
    """The row is read as nobody's, and is somebody's when it is written."""
    run, quiet = a_run(), QuietCluster()

    def claim_first(execute, sql, params, many, context):
        if sql.startswith("UPDATE") and "stop_reason" in sql and not Run.objects.get().fence:
            assert STORE.claim(run, "first", NOW) == 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(claim_first):
        stop_run(run, BUTTON, quiet)
    row = Run.objects.get()
    assert (row.state, row.fence, row.stopped_by) == ("pending", 1, "otto")
    assert said("run.receipt") == []
