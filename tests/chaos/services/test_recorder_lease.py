"""The recorder keeps the lease while somebody drives, and ends when another driver has the run."""

import threading
import time
from datetime import timedelta

import pytest

from chaos.domain.errors import StoreUnavailable
from chaos.services.recorder import STUCK
from tests.chaos.services.writing import AT, AWAY, WAIT, change, until


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


def test_a_driver_whose_loop_is_stuck_does_not_keep_its_lease_for_living_on(kept):
    kept.clock = AT + STUCK + timedelta(seconds=1)
    kept.recorder.note(change("seen"))
    until(lambda: kept.written == ["seen"])
    kept.recorder.require(change("late"))
    assert kept.renewed == []
    kept.recorder.turned()
    until(lambda: kept.renewed == [kept.clock])


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
    assert kept.written == []


def test_what_is_required_while_another_driver_takes_over_is_refused_not_forgotten(kept):
    held = threading.Event()
    kept.renew = lambda *_: not held.wait(WAIT)
    kept.clock = AT + timedelta(seconds=3)
    kept.recorder.note(change("seen"))
    until(lambda: kept.written == ["seen"])
    threading.Timer(0.05, held.set).start()
    with pytest.raises(StoreUnavailable, match="Another driver"):
        kept.recorder.require(change("start"))
    assert kept.written == ["seen"]


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
