"""Writing beside the driver, on a real thread: what is required, what is noted, what hangs."""

import threading
from datetime import timedelta

import pytest

from chaos.domain.errors import StoreUnavailable
from chaos.services import recorder as module
from tests.chaos.services.writing import AT, AWAY, change, until


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
