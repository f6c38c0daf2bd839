"""Trying again, beside its answer, a Stop that a cluster did not take: without a driver nobody else does."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from datetime import timedelta
from functools import partial

from django.db import Error, connections

from chaos.models import Run
from chaos.models.run import LIVE
from chaos.services.beside import begun, failure, sentence
from chaos.services.patience import each_answered_within

KEEP_TRYING = timedelta(minutes=5)
PAUSE = 1.0
SAYS_WITHIN = timedelta(seconds=2)
"""How long the database may take to say whether the run is over: no cluster waits for it longer."""

Deed = Callable[[], None]

log = logging.getLogger(__name__)
_turns: dict[str, object] = {}
_lock = threading.Lock()


def again_if_it_fails(run: str, act: Future[None], deed: Deed) -> None:
    """`act` is the first try of `deed`; holds nobody up."""
    act.add_done_callback(lambda done: go_on(run, deed) if failure(done) else None)


def go_on(run: str, deed: Deed) -> None:
    """Try `deed` again and again on a thread of its own, until it does not raise, the run is over, or
    `KEEP_TRYING` has passed. Of several that go on for a run the newest alone does: its time is up last."""
    turn = object()
    with _lock:
        _turns[run] = turn
    begun(partial(_keep_trying, run, deed, turn))


def _keep_trying(run: str, deed: Deed, turn: object) -> None:
    until, why = time.monotonic() + KEEP_TRYING.total_seconds(), ""
    try:
        while time.monotonic() < until:
            time.sleep(PAUSE)
            if _turns.get(run) is not turn:
                return
            try:
                deed()
            except Exception as error:  # a defect of ours is no reason to leave a fault where it is
                why = sentence(error)
            else:
                return
            if _is_over(run):
                return
        log.error("The stop of run %s did not go through: %s", run, why)
    finally:
        with _lock:
            if _turns.get(run) is turn:
                del _turns[run]


def _is_over(run: str) -> bool:
    """A database that cannot say is no end."""
    try:
        with each_answered_within(SAYS_WITHIN):
            return not Run.objects.filter(pk=run, state__in=LIVE).exists()
    except Error:
        return False
    finally:
        connections.close_all()
