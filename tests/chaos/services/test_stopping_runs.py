"""Several runs stopped from the web process: beside each other, and no answer waited for longer than due."""

import threading
from datetime import timedelta

from django.db import connection

from chaos.domain.errors import Forbidden
from chaos.domain.run import Stop
from chaos.domain.states import RunState, StopKind
from chaos.models import Run
from chaos.services.stop import stop_runs
from tests.chaos.services.troubles import refuse_writes, said
from tests.support.cluster_port import QuietCluster
from tests.support.launching import AT, a_run

BUTTON = Stop(AT, StopKind.PERSON, "Smoke in the room.", "otto")
SOON, NOT_AT_ALL = timedelta(seconds=5), timedelta(0)


def test_every_run_is_stopped_on_its_own_cluster_and_latched(db):
    first, second = a_run(RunState.INJECTING), a_run(RunState.OBSERVING, cluster="other")
    ports = {first: QuietCluster(), second: QuietCluster()}
    stopped = stop_runs(ports, BUTTON, SOON)
    assert (set(stopped.asked), stopped.failed, stopped.waiting) == ({first, second}, {}, ())
    assert [port.said for port in ports.values()] == [[f"revert {run}", "revert"] for run in ports]
    assert Run.objects.filter(stop_wanted_at=AT).count() == 2


def test_a_cluster_that_hangs_keeps_neither_the_answer_nor_the_record_waiting(db):
    run, hold = a_run(RunState.INJECTING), threading.Event()
    port = QuietCluster()
    port.fail["revert"] = lambda: hold.wait(5)
    stopped = stop_runs({run: port}, BUTTON, NOT_AT_ALL)
    assert stopped.waiting == (run,)
    assert said("run.stop_wanted") == ["otto pressed Stop: Smoke in the room."]
    hold.set()


def test_what_failed_is_said_by_run(db, monkeypatch):
    monkeypatch.setattr("chaos.services.stop_again.go_on", lambda *_: None)
    run, port = a_run(RunState.INJECTING), QuietCluster()
    port.fail["revert"] = Forbidden("Gameday may not delete chaosengines.")
    assert stop_runs({run: port}, BUTTON, SOON).failed == {run: "Gameday may not delete chaosengines."}


def test_a_record_that_cannot_be_written_is_said_goes_on_being_tried_and_holds_nothing_up(db, monkeypatch):
    run, port, late = a_run(RunState.INJECTING), QuietCluster(), []
    monkeypatch.setattr("chaos.services.stop.want_stop_late", lambda *said: late.append(said))
    with connection.execute_wrapper(refuse_writes):
        stopped = stop_runs({run: port}, BUTTON, SOON)
    assert "could not be written" in stopped.record_error
    assert stopped.asked == (run,) and "revert" in port.said
    assert late == [([run], BUTTON)]


def test_a_run_that_is_over_is_left_alone(db):
    run, port = a_run(RunState.COMPLETED), QuietCluster()
    assert stop_runs({run: port}, BUTTON, SOON).asked == ()
    assert port.said == []
