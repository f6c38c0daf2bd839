"""What a driver sees, on real threads with short intervals: one that hangs delays no other."""

import threading
import time

import pytest

from chaos.domain.errors import Refused, StoreUnavailable, Transient
from chaos.domain.sight import ClusterSight, Reading
from chaos.ports import ActDone, StoreLost
from chaos.services import senses as module
from chaos.services.senses import ThreadSenses
from tests.chaos.services.looking import AT, RECORD, REF, SHORT, Everything


@pytest.fixture
def world(monkeypatch):
    for name in ("LOOK_EVERY", "SIGNALS_EVERY", "ALERTS_EVERY", "BEAT_EVERY"):
        monkeypatch.setattr(module, name, SHORT)
    everything = Everything()
    yield everything
    everything.hold.set()


@pytest.fixture
def watching(world):
    opened = []

    def open_them():
        opened.append(ThreadSenses(RECORD, REF, world.ports))
        return opened[-1]

    yield open_them
    world.hold.set()
    for senses in opened:
        senses.close()
        for thread in senses._threads:
            thread.join(5)
            assert not thread.is_alive(), thread.name


def seen(senses, enough, seconds=5.0):
    """The news until `enough` of them says so."""
    news, deadline = [], time.monotonic() + seconds
    while not enough(news):
        assert time.monotonic() < deadline, "it was not seen"
        item = senses.next(0.05)
        news += [item] if item else []
    return news


def kinds(news):
    return {item.probe if isinstance(item, Reading) else type(item).__name__ for item in news}


ALL = {"quick", "slow", "AlertsReading", "ClusterSight", "Signals"}


def test_probes_alerts_cluster_and_signals_are_all_seen_again_and_again(watching):
    news = seen(watching(), lambda news: kinds(news) == ALL and len(news) > 25)
    assert sum(isinstance(item, ClusterSight) for item in news) > 1


@pytest.mark.parametrize("name", ["slow", "alerts", "cluster", "signals", "beat"])
def test_a_look_that_hangs_delays_no_other_and_sends_nothing(world, watching, name):
    world.looks[name] = world.hang
    before = world.counts | {}
    news = seen(watching(), lambda news: len(news) > 30)
    assert "quick" in kinds(news)
    assert world.counts[name] - before[name] == 1
    missing = {"slow": "slow", "alerts": "AlertsReading", "cluster": "ClusterSight", "signals": "Signals"}
    assert kinds(news) == ALL - {missing.get(name)}


@pytest.mark.parametrize("name", ["slow", "cluster", "signals", "beat"])
def test_a_look_that_fails_by_a_defect_of_ours_is_looked_again(world, watching, name, caplog):
    caplog.set_level("CRITICAL", logger="chaos.services.senses")

    def broken():
        raise KeyError("metadata")

    world.looks[name] = broken
    seen(watching(), lambda news: "quick" in kinds(news) and world.counts[name] > 2)


def test_a_store_that_is_away_is_seen_as_away(world, watching):
    def away():
        raise StoreUnavailable("away")

    world.looks["signals"] = away
    seen(watching(), lambda news: StoreLost(AT) in news)


@pytest.mark.parametrize("error", [Refused("Not ours."), Transient("503")])
def test_a_heartbeat_that_fails_is_beaten_again(world, watching, error, caplog):
    caplog.set_level("CRITICAL", logger="chaos.services.senses")

    def fail():
        raise error

    world.looks["beat"] = fail
    seen(watching(), lambda news: world.counts["beat"] > 2)


def test_an_act_is_done_beside_the_driver_and_its_end_is_news(watching):
    senses = watching()
    senses.act("inject", lambda: (0, {}))
    news = seen(senses, lambda news: any(isinstance(item, ActDone) for item in news))
    assert ActDone("inject", AT, (0, {}), None) in news


@pytest.mark.parametrize("error", [Transient("503"), KeyError("uid")], ids=["refused", "a defect"])
def test_an_act_that_fails_ends_too_with_its_error(watching, error, caplog):
    caplog.set_level("CRITICAL", logger="chaos.services.senses")

    def fail():
        raise error

    senses = watching()
    senses.act("revert", fail)
    (done,) = [n for n in seen(senses, lambda news: ActDone("revert", AT, None, error) in news) if
               isinstance(n, ActDone)]  # fmt: skip
    assert done.error is error


def test_an_act_that_hangs_holds_up_neither_the_driver_nor_the_next_act(world, watching):
    senses = watching()
    began = time.monotonic()
    senses.act("inject", world.hang)
    senses.act("revert", lambda: None)
    assert time.monotonic() - began < 1
    news = seen(senses, lambda news: any(isinstance(item, ActDone) for item in news))
    assert [item.name for item in news if isinstance(item, ActDone)] == ["revert"]


def test_nothing_new_is_none_after_the_wait_and_not_an_error(world, watching):
    world.looks = dict.fromkeys(world.looks, world.hang)
    assert watching().next(0.02) is None


def test_closing_does_not_wait_for_a_look_that_hangs_and_every_thread_gives_its_connection_back(
    world, watching
):
    world.looks["slow"] = world.hang
    senses = watching()
    seen(senses, lambda news: len(news) > 5)
    began = time.monotonic()
    senses.close()
    assert time.monotonic() - began < 1
    world.hold.set()
    for thread in senses._threads:
        thread.join(5)
    assert world.rested == len(senses._threads) == 6


def test_a_driver_that_is_stuck_is_not_flooded_and_the_looks_end_when_it_closes(world, watching, monkeypatch):
    monkeypatch.setattr(module, "ROOM", 3)
    senses = watching()
    time.sleep(0.05)
    assert senses._queue.qsize() == 3


def test_senses_that_cannot_all_begin_end_at_once_and_say_so(world, monkeypatch):
    begun, start = [], threading.Thread.start

    def no_more_threads(self):
        if len(begun) == 2:
            raise RuntimeError("can't start new thread")
        begun.append(self)
        start(self)

    monkeypatch.setattr(threading.Thread, "start", no_more_threads)
    with pytest.raises(RuntimeError, match="new thread"):
        ThreadSenses(RECORD, REF, world.ports)
    for thread in begun:
        thread.join(5)
        assert not thread.is_alive()


def test_a_driver_that_asks_for_no_news_any_more_lets_the_heartbeat_of_its_grant_fall_silent(
    world, watching, monkeypatch, caplog
):
    caplog.set_level("CRITICAL", logger="chaos.services.senses")
    monkeypatch.setattr(module, "STUCK", SHORT * 20)
    senses = watching()
    seen(senses, lambda _: world.counts["beat"] > 3)
    time.sleep(0.3)
    silent = world.counts["beat"]
    time.sleep(0.1)
    assert world.counts["beat"] == silent
    seen(senses, lambda _: world.counts["beat"] > silent)
