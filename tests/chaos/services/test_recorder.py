"""Writing beside the driver, on a real thread: a start waits for it, a stop never does."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from chaos.domain.errors import StoreUnavailable
from chaos.domain.record import Change, Event
from chaos.services import recorder as module
from chaos.services.recorder import ThreadRecorder

AT = datetime(2026, 7, 1, 10, 0, tzinfo=UTC)
WAIT = 5.0


def change(text):
    return Change(AT, events=(Event("note", text, AT),))


class Store:
    """`trouble` is raised by writes; `gate` holds them up; `written` and `renewed` is what came through."""

    def __init__(self):
        self.trouble, self.gate, self.fence_is_ours = None, threading.Event(), True
        self.gate.set()
        self.written, self.renewed, self.tries, self.rested = [], [], 0, threading.Event()

    def record(self, run, fence, change):
        self.tries += 1
        self.gate.wait(WAIT)
        trouble = self.trouble(change) if callable(self.trouble) else self.trouble
        if trouble:
            raise trouble
        if self.fence_is_ours:
            self.written.append(change.events[0].text)
        return self.fence_is_ours

    def renew(self, run, fence, now):
        self.renewed.append(now)
        return self.fence_is_ours

    def rest(self):
        self.rested.set()


@pytest.fixture
def kept(monkeypatch):
    monkeypatch.setattr(module, "RETRY", 0.01)
    store = Store()
    store.clock = AT
    store.recorder = ThreadRecorder(store, "0f0e0d0c", 1, lambda: store.clock)
    yield store
    store.trouble = None
    store.gate.set()
    store.recorder.close()
    assert not store.recorder._thread.is_alive()


def until(what, seconds=WAIT):
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.002)


AWAY = StoreUnavailable("The database cannot be used.")


def test_what_is_required_is_written_when_the_call_comes_back(kept):
    kept.recorder.require(change("start"))
    assert kept.written == ["start"]


def test_notes_are_written_in_order_and_before_what_is_required_after_them(kept):
    for number in range(20):
        kept.recorder.note(change(str(number)))
    kept.recorder.require(change("start"))
    assert kept.written == [*map(str, range(20)), "start"]


def test_notes_wait_for_a_store_that_is_away_and_come_in_their_order(kept):
    kept.trouble = AWAY
    for number in range(3):
        kept.recorder.note(change(str(number)))
    until(lambda: kept.tries > 3)
    assert kept.recorder.failing_since == AT
    kept.trouble = None
    until(lambda: len(kept.written) == 3)
    assert kept.written == ["0", "1", "2"]
    until(lambda: kept.recorder.failing_since is None)


def test_what_is_required_of_a_store_that_is_away_is_refused_and_never_written_later(kept):
    kept.trouble = AWAY
    with pytest.raises(StoreUnavailable):
        kept.recorder.require(change("start"))
    kept.trouble = None
    kept.recorder.require(change("another"))
    assert kept.written == ["another"]


def test_nothing_starts_while_notes_before_it_cannot_be_written(kept):
    kept.trouble = lambda asked: AWAY if asked.events[0].text == "seen" else None
    kept.recorder.note(change("seen"))
    with pytest.raises(StoreUnavailable, match="cannot be written"):
        kept.recorder.require(change("start"))
    assert kept.written == []


def test_what_is_required_of_a_store_that_hangs_is_given_up_and_never_written_later(kept):
    kept.gate.clear()
    kept.recorder.note(change("seen"))
    until(lambda: kept.tries == 1)
    with pytest.raises(StoreUnavailable, match="did not answer within"):
        kept.recorder.require(change("start"), within=0.05)
    kept.gate.set()
    kept.recorder.require(change("later"))
    assert kept.written == ["seen", "later"]


def test_a_write_that_had_begun_decides_by_its_end_not_by_our_patience(kept):
    kept.gate.clear()
    threading.Timer(0.1, kept.gate.set).start()
    kept.recorder.require(change("start"), within=0.02)
    assert kept.written == ["start"]


def test_a_store_that_hangs_counts_as_failing_since_the_write_began(kept):
    kept.gate.clear()
    kept.recorder.note(change("seen"))
    until(lambda: kept.tries == 1)
    kept.clock = AT + module.HANGS
    assert kept.recorder.failing_since is None
    kept.clock = AT + module.HANGS + timedelta(seconds=1)
    assert kept.recorder.failing_since == AT
    kept.gate.set()
    until(lambda: kept.recorder.failing_since is None)


@pytest.mark.parametrize("error", [AWAY, TypeError("float has no plain form.")], ids=["away", "a defect"])
def test_a_lease_that_can_be_renewed_is_no_record(kept, error):
    kept.trouble = error
    kept.recorder.note(change("seen"))
    until(lambda: kept.recorder.failing_since == AT)
    for seconds in (4, 8, 12):
        kept.clock = AT + timedelta(seconds=seconds)
        until(lambda: kept.renewed and kept.renewed[-1] == kept.clock)
        assert kept.recorder.failing_since == AT, "since the first failure, whatever else gets through"


def test_the_lease_is_renewed_every_three_seconds_and_not_more_often(kept):
    kept.clock = AT + timedelta(seconds=2.9)
    kept.recorder.require(change("a"))
    kept.clock = AT + timedelta(seconds=3)
    kept.recorder.require(change("b"))
    until(lambda: kept.renewed)
    kept.recorder.require(change("c"))
    assert kept.renewed == [AT + timedelta(seconds=3)]


def test_another_drivers_fence_ends_the_writing(kept):
    kept.fence_is_ours = False
    with pytest.raises(StoreUnavailable, match="Another driver"):
        kept.recorder.require(change("start"))
    assert kept.recorder.lost
    assert kept.rested.wait(WAIT), "the thread ends and keeps no connection"
    began = time.monotonic()
    with pytest.raises(StoreUnavailable, match="Another driver"):
        kept.recorder.require(change("more"))
    assert time.monotonic() - began < 1, "there is nobody to wait for"
    kept.recorder.note(change("more"))
    assert kept.written == []


def test_a_note_refused_for_its_fence_makes_the_driver_lost(kept):
    kept.fence_is_ours = False
    kept.recorder.note(change("seen"))
    until(lambda: kept.recorder.lost)


def test_closing_writes_what_is_left_and_ends_the_thread(kept):
    for number in range(5):
        kept.recorder.note(change(str(number)))
    kept.recorder.close()
    assert kept.written == list("01234")
    assert kept.rested.is_set()
    assert not kept.recorder.lost


def test_a_recorder_that_is_closed_keeps_the_lease_for_nobody(kept):
    kept.trouble = AWAY
    kept.recorder.note(change("seen"))
    kept.recorder.close(within=0.02)
    kept.clock = AT + timedelta(minutes=1)
    tries = kept.tries
    until(lambda: kept.tries > tries + 3)
    assert kept.renewed == []
    kept.trouble = None
    until(lambda: kept.written == ["seen"])
