"""A Stop that a cluster did not take goes on in the process that took it: no driver may be left to do so."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta

import pytest

from chaos.domain.errors import Transient
from chaos.domain.run import Stop
from chaos.domain.states import RunState, StopKind
from chaos.models import Run
from chaos.services import stop_again
from chaos.services.stop import stop_runs
from chaos.services.stop_again import go_on
from tests.support.cluster_port import QuietCluster
from tests.support.launching import AT, a_run
from tests.support.locking import soon
from tests.support.shared_database import shared_database

__all__ = ["shared_database"]

BUTTON = Stop(AT, StopKind.PERSON, "Smoke in the room.", "otto")
SOON = timedelta(seconds=5)
AWAY = Transient("The API server answered 503.")


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(stop_again, "PAUSE", 0.01)
    yield
    assert soon(lambda: not stop_again._turns), "nothing goes on after its test"


@pytest.fixture
def live(monkeypatch):
    """No run is over, whichever it is."""
    monkeypatch.setattr(stop_again, "_is_over", lambda run: False)


class Deed:
    """Fails so often, then does not."""

    def __init__(self, failures: int) -> None:
        self.left, self.tried, self.is_done = failures, 0, threading.Event()

    def __call__(self) -> None:
        self.tried += 1
        if self.tried <= self.left:
            raise AWAY
        self.is_done.set()


def test_with_the_api_server_back_the_run_is_stopped_though_nobody_drives_it_or_presses_again(
    shared_database,
):
    run, port = a_run(RunState.INJECTING), QuietCluster()
    port.fail["revert"] = AWAY
    stopped = stop_runs({run: port}, BUTTON, SOON)
    assert (stopped.failed, stopped.taken) == ({run: str(AWAY)}, ())
    assert soon(lambda: port.said.count("revert") >= 3), "again and again"
    del port.fail["revert"]
    assert soon(lambda: not stop_again._turns)
    taken = port.said.count("revert")
    assert not soon(lambda: port.said.count("revert") > taken, within=0.1), "what was taken is not sent again"


def test_it_is_not_sent_again_for_a_run_that_is_over(shared_database):
    run, port = a_run(RunState.INJECTING), QuietCluster()
    port.fail["revert"] = AWAY
    stop_runs({run: port}, BUTTON, SOON)
    Run.objects.filter(pk=run).update(state=RunState.ABORTED.value)
    assert soon(lambda: not stop_again._turns)


def test_what_the_cluster_took_at_once_is_not_sent_again(db):
    run, port = a_run(RunState.INJECTING), QuietCluster()
    assert stop_runs({run: port}, BUTTON, SOON).taken == (run,)
    assert not stop_again._turns


def test_what_had_not_answered_in_time_and_fails_then_is_sent_again(db, live):
    run, port, hold = a_run(RunState.INJECTING), QuietCluster(), threading.Event()
    answers = iter([lambda: (hold.wait(5), 1 / 0)])
    port.fail["revert"] = lambda: next(answers, lambda: None)()
    assert stop_runs({run: port}, BUTTON, timedelta(0)).waiting == (run,)
    hold.set()
    assert soon(lambda: port.said.count("revert") == 2)


def test_of_several_presses_one_alone_goes_on_and_ends_with_the_first_that_is_taken(live):
    deeds = [Deed(failures=10_000), Deed(failures=10_000), Deed(failures=3)]
    for deed in deeds:
        go_on("a run", deed)
    assert deeds[2].is_done.wait(5)
    assert soon(lambda: not stop_again._turns)
    assert deeds[2].tried == 4
    assert max(deeds[0].tried, deeds[1].tried) <= 1, "the newest goes on"


def test_after_five_minutes_it_is_given_up_with_the_reason_in_the_log(live, monkeypatch, caplog):
    assert timedelta(minutes=5) == stop_again.KEEP_TRYING
    monkeypatch.setattr(stop_again, "KEEP_TRYING", timedelta(seconds=0.05))
    with caplog.at_level(logging.ERROR, stop_again.__name__):
        go_on("a run", Deed(failures=10_000))
        assert soon(lambda: "a run did not go through: The API server answered 503." in caplog.text)


def test_a_database_that_cannot_say_whether_the_run_is_over_ends_nothing(shared_database, monkeypatch):
    class Away:
        def filter(self, **_):
            raise stop_again.Error("The database is away.")

    monkeypatch.setattr(stop_again, "Run", type("Run", (), {"objects": Away()}))
    deed = Deed(failures=3)
    go_on("a run", deed)
    assert deed.is_done.wait(5)
