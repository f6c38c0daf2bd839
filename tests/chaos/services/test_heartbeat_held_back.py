"""Who cannot end a fault does not go on telling the watchdog that all is in hand."""

from __future__ import annotations

import pytest

from chaos.domain.errors import Forbidden
from chaos.ports import ActDone
from chaos.services import senses as module
from chaos.services.senses import FAILS, ThreadSenses
from tests.chaos.services.looking import RECORD, REF, SHORT, Everything
from tests.chaos.services.test_senses import seen


@pytest.fixture
def world(monkeypatch):
    for name in ("LOOK_EVERY", "SIGNALS_EVERY", "ALERTS_EVERY", "BEAT_EVERY"):
        monkeypatch.setattr(module, name, SHORT)
    return Everything()


@pytest.fixture
def senses(world):
    opened = ThreadSenses(RECORD, REF, world.ports)
    yield opened
    opened.close()
    for thread in opened._threads:
        thread.join(5)


def refuse():
    raise Forbidden("Gameday may not delete chaosengines.")


def done(senses, name, deed, times=1):
    for _ in range(times):
        senses.act(name, deed)
        seen(senses, lambda news: any(isinstance(item, ActDone) for item in news))


def beats(world, senses):
    """How many were sent while thirty looks came in; one may have been under way."""
    before = world.counts["beat"]
    seen(senses, lambda news: len(news) > 30)
    return world.counts["beat"] - before


@pytest.mark.parametrize("name", ["revert", "end of the rung", "restore", "recreate"])
def test_after_three_acts_in_a_row_that_ended_nothing_the_heartbeat_is_held_back(world, senses, name, caplog):
    caplog.set_level("CRITICAL", logger="chaos.services.senses")
    done(senses, name, refuse, FAILS - 1)
    assert beats(world, senses) > 1, "twice is no habit"
    done(senses, name, refuse)
    assert beats(world, senses) <= 1
    done(senses, name, lambda: None)
    assert beats(world, senses) > 1, "it gets through again"


def test_what_goes_through_beside_it_does_not_hide_that_nothing_is_set_back(world, senses):
    for _ in range(FAILS):
        done(senses, "restore", refuse)
        done(senses, "revert", lambda: None)
    assert beats(world, senses) <= 1


def test_what_only_starts_or_reads_holds_nothing_back(world, senses):
    for name in ("inject", "grant", "read", "climb"):
        done(senses, name, refuse, FAILS)
    assert beats(world, senses) > 1
