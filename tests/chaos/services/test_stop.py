"""Stop one run: the cluster first, the record alongside, and nothing un-stops."""

import threading

import pytest
from django.db import connection

from chaos.domain.errors import Forbidden, StoreUnavailable
from chaos.domain.run import Stop
from chaos.domain.states import RunState, StopKind
from chaos.models import Run
from chaos.services.stop import stop_run
from chaos.services.stop_record import want_stop
from tests.chaos.services.troubles import refuse_everything, refuse_writes, said
from tests.support.launching import AT, a_run

BUTTON = Stop(AT, StopKind.PERSON, "Smoke in the room.", "otto")
AGAIN = Stop(AT, StopKind.PERSON, "Me too.", "petra")


def test_a_stop_deletes_in_the_cluster_and_latches_the_intent(port):
    run = a_run(RunState.INJECTING)
    assert stop_run(run, BUTTON, port) == ""
    assert port.said == [f"revert {run}", "revert"]
    row = Run.objects.get()
    assert (row.stop_kind, row.stop_reason, row.stopped_by) == ("person", "Smoke in the room.", "otto")
    assert row.state == "injecting", "moving the state is the driver's"
    assert said("run.stop_wanted") == ["otto pressed Stop: Smoke in the room."]


def test_a_second_stop_acts_again_and_changes_nothing_that_is_written(port):
    run = a_run(RunState.INJECTING)
    stop_run(run, BUTTON, port)
    assert stop_run(run, AGAIN, port) == ""
    assert port.said.count("revert") == 2
    assert Run.objects.get().stopped_by == "otto"
    assert len(said("run.stop_wanted")) == 1


@pytest.mark.parametrize("state", [RunState.COMPLETED, RunState.ABORTED, RunState.FAILED])
def test_a_run_that_is_over_stays_as_it_ended(port, state):
    run = a_run(state)
    stop_run(run, BUTTON, port)
    assert Run.objects.get().stop_wanted_at is None
    assert said("run.stop_wanted") == []


def test_what_failed_in_the_cluster_is_given_back_and_the_intent_is_latched_all_the_same(port):
    port.fail["revert"] = Forbidden("Gameday may not delete chaosengines.")
    assert stop_run(a_run(), BUTTON, port) == "Gameday may not delete chaosengines."
    assert Run.objects.get().stop_wanted_at == AT


def test_the_deletes_do_not_wait_for_the_record(port):
    run = a_run()

    def slow(execute, sql, params, many, context):
        assert not sql.startswith("UPDATE") or port.acted.wait(5), "the record was waited for"
        return execute(sql, params, many, context)

    with connection.execute_wrapper(slow):
        assert stop_run(run, BUTTON, port) == ""
    assert Run.objects.get().stop_wanted_at == AT


def test_the_record_does_not_wait_for_the_deletes(port):
    run, recorded = a_run(), threading.Event()

    def watch(execute, sql, params, many, context):
        done = execute(sql, params, many, context)
        if sql.startswith("UPDATE"):
            recorded.set()
        return done

    port.fail["revert"] = lambda: recorded.wait(5) or port.said.append("waited in vain")
    with connection.execute_wrapper(watch):
        stop_run(run, BUTTON, port)
    assert "waited in vain" not in port.said


def test_a_database_that_refuses_writes_does_not_hold_up_the_deletes_and_is_said(port):
    run = a_run(RunState.INJECTING)
    with (
        connection.execute_wrapper(refuse_writes),
        pytest.raises(StoreUnavailable, match="not be written"),
    ):
        stop_run(run, BUTTON, port)
    assert "revert" in port.said


def test_without_any_database_a_stop_says_what_to_do_instead(port):
    run = a_run()
    with (
        connection.execute_wrapper(refuse_everything),
        pytest.raises(StoreUnavailable, match="halt every"),
    ):
        stop_run(run, BUTTON, port)


def test_of_several_runs_only_the_live_ones_are_stopped_and_counted(db):
    a_run(RunState.COMPLETED)
    live = a_run()
    runs = [str(run) for run in Run.objects.values_list("pk", flat=True)]
    assert want_stop(runs, BUTTON) == 1
    assert want_stop(runs, AGAIN) == 0
    assert str(Run.objects.get(stopped_by="otto").pk) == live
