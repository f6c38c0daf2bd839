"""The production modules on our threads, and at paces that let thousands of schedules a minute go by."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from unittest import mock

from tests.simulation.start import one_by_one
from tests.simulation.threads import Threads

COARSE = timedelta(seconds=2)


@contextmanager
def production_on(threads: Threads) -> Iterator[None]:
    """What the modules do is theirs; only who runs their threads, and how often they look, is ours."""
    services = {
        "senses.threading": threads.threading,
        "senses.queue": threads.queue,
        "senses.time": threads.time,
        "senses.LOOK_EVERY": COARSE,
        "senses.SIGNALS_EVERY": COARSE / 2,
        "senses.ALERTS_EVERY": timedelta(hours=1),
        "recorder.threading": threads.threading,
        "recorder.Future": threads.future,
        "recorder.RETRY": 1.5,
        "stop.ThreadPoolExecutor": threads.pool,
        "by_labels.ThreadPoolExecutor": threads.pool,
        "by_labels.time": threads.time,
        "halting.time": threads.time,
        "drive.PATIENCE": 1.0,
    }
    adapters = {"litmus_start.time": threads.time, "litmus_start.gather": one_by_one}
    instead = {f"chaos.services.{name}": value for name, value in services.items()}
    instead |= {f"chaos.adapters.{name}": value for name, value in adapters.items()}
    with ExitStack() as stack:
        for name, value in instead.items():
            stack.enter_context(mock.patch(name, value))
        stack.enter_context(mock.patch("deploy.watchdog.watch.line"))
        logging.disable(logging.CRITICAL)
        stack.callback(logging.disable, logging.NOTSET)
        yield
