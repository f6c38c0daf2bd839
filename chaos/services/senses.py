"""What a driver sees, on threads: one per probe, one for alerts, the cluster, the signals and the grant.

Each thread has its own deadline and feeds one bounded queue; the driver's own loop never waits for a
network. A thread that hangs sends nothing, and nothing sent is blindness to `decide()`.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from chaos.domain.errors import GamedayError, Refused, StoreUnavailable
from chaos.domain.injection import Injection
from chaos.domain.record import RunRecord
from chaos.ports import ActDone, News, Ports, RunRef, StoreLost
from chaos.services.acts import END_RUNG, RECREATE, RESTORE, REVERT
from chaos.services.recorder import STUCK

log = logging.getLogger(__name__)

LOOK_EVERY = timedelta(milliseconds=400)
SIGNALS_EVERY = timedelta(milliseconds=400)
ALERTS_EVERY = timedelta(seconds=1)
BEAT_EVERY = timedelta(seconds=5)
ROOM = 10_000
ENDS = frozenset({REVERT, END_RUNG, RESTORE, RECREATE})
FAILS = 3
"""So many of one of these in a row that did not go through, and the heartbeat ends until it does, whatever
else goes through meanwhile: the watchdog, with an account of its own, is to end what we cannot."""


class ThreadSenses:
    """See chaos.ports.Senses."""

    def __init__(self, record: RunRecord, ref: RunRef, ports: Ports) -> None:
        self._ports, self._ref, self._record = ports, ref, record
        self._queue: queue.Queue[News] = queue.Queue(maxsize=ROOM)
        self._closing = threading.Event()
        self._threads: list[threading.Thread] = []
        self._injections = record.injections
        self._turned = time.monotonic()
        self._failed = dict.fromkeys(ENDS, 0)
        try:
            self._start_all()
        except Exception:
            self.close()
            raise

    def _start_all(self) -> None:
        ports = self._ports
        for probe in self._record.spec.probes:
            self._start(f"probe {probe.name}", probe.interval, partial(ports.probes.read, probe))
        self._start("alerts", ALERTS_EVERY, ports.alerts.read)
        self._start("cluster", LOOK_EVERY, lambda: ports.cluster.look(self._ref, self._injections))
        self._start("signals", SIGNALS_EVERY, self._signals)
        self._start("grant", BEAT_EVERY, self._beat)

    def next(self, within: float) -> News | None:
        self._turned = time.monotonic()
        try:
            return self._queue.get(timeout=within)
        except queue.Empty:
            return None

    def watch(self, injections: tuple[Injection, ...]) -> None:
        self._injections = injections

    def act(self, name: str, deed: Callable[[], object]) -> None:
        def do() -> None:
            result, failure = None, None
            try:
                result = deed()
            except Exception as error:
                if not isinstance(error, GamedayError):
                    log.exception("The act %s of run %s failed.", name, self._ref.run)
                failure = error
            if name in ENDS:
                self._failed[name] = self._failed[name] + 1 if failure else 0
            self._put(ActDone(name, self._ports.clock.now(), result, failure))

        threading.Thread(target=do, name=f"act {name} {self._ref.short}", daemon=True).start()

    def close(self) -> None:
        """Ask every thread to end; none is waited for, since each may hang in a call of its own."""
        self._closing.set()

    def _start(self, name: str, every: timedelta, look: Callable[[], News | None]) -> None:
        thread = threading.Thread(
            target=self._keep, args=(every, look), name=f"{name} {self._ref.short}", daemon=True
        )
        self._threads.append(thread)
        thread.start()

    def _keep(self, every: timedelta, look: Callable[[], News | None]) -> None:
        """Look at a steady pace: the pace is kept even when one look is slow, and none is made up for."""
        step, due = every.total_seconds(), time.monotonic()
        try:
            while not self._closing.is_set():
                try:
                    news = look()
                    if news is not None:
                        self._put(news)
                except Exception:
                    log.exception("A sense of run %s failed; it looks again.", self._ref.run)
                due = max(due + step, time.monotonic())
                self._closing.wait(due - time.monotonic())
        finally:
            self._ports.store.rest()

    def _put(self, news: News) -> None:
        while not self._closing.is_set():
            try:
                return self._queue.put(news, timeout=0.5)
            except queue.Full:
                continue  # the driver is stuck: what is not seen in time counts as not seen

    def _signals(self) -> News:
        try:
            return self._ports.store.signals(self._ref.run)
        except StoreUnavailable:
            return StoreLost(self._ports.clock.now())

    def _beat(self) -> None:
        """Only while the driver asks for news: nobody is to take a process that merely lives for a driver."""
        silent = time.monotonic() - self._turned
        if silent > STUCK.total_seconds():
            log.error(
                "The driver of run %s has been stuck for %.0f s; it is to be replaced.", self._ref.run, silent
            )
            return
        if max(self._failed.values()) >= FAILS:
            log.error("Run %s cannot end its fault from here; its heartbeat is held back.", self._ref.run)
            return
        try:
            self._ports.cluster.beat(self._ref)
        except Refused:
            return  # not granted yet, or given back already
        except GamedayError as error:
            log.warning("The grant's heartbeat failed: %s", error)
