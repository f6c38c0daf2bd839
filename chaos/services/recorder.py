"""Writing down, beside the driver: a start waits for it, a stop never does."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime, timedelta
from typing import Protocol

from chaos.domain.errors import StoreUnavailable
from chaos.domain.record import Change
from chaos.ports import Store

log = logging.getLogger(__name__)

RENEW = timedelta(seconds=3)
RETRY = 0.5


class Recorder(Protocol):
    """Where a step writes. `lost`: another driver holds the fence; `failing_since`: nothing gets through."""

    lost: bool
    failing_since: datetime | None

    def require(self, change: Change) -> None:
        """Write now or raise StoreUnavailable; what was refused is never written later."""

    def note(self, change: Change) -> None:
        """Write as soon as possible, in order, however long the store is away."""

    def close(self) -> None: ...


class ThreadRecorder:
    """One thread owns the writing and the lease; see Recorder."""

    def __init__(self, store: Store, run: str, fence: int, now: Callable[[], datetime]) -> None:
        self._store, self._run, self._fence, self._now = store, run, fence, now
        self._notes: deque[Change] = deque()
        self._required: deque[tuple[Change, Future[bool]]] = deque()
        self._wake = threading.Condition()
        self._closing = False
        self.lost = False
        self.failing_since: datetime | None = None
        self._renewed = now()
        self._thread = threading.Thread(target=self._work, name=f"recorder-{run[:8]}", daemon=True)
        self._thread.start()

    def require(self, change: Change, within: float = 10.0) -> None:
        answer: Future[bool] = Future()
        with self._wake:
            self._required.append((change, answer))
            self._wake.notify()
        try:
            written = answer.result(timeout=within)
        except TimeoutError:
            if answer.cancel():
                raise StoreUnavailable(f"The database did not answer within {within:.0f} s.") from None
            written = answer.result()  # it had begun: its end decides, not our patience
        if not written:
            self.lost = True
            raise StoreUnavailable("Another driver has taken this run over.")

    def note(self, change: Change) -> None:
        with self._wake:
            self._notes.append(change)
            self._wake.notify()

    def close(self, within: float = 10.0) -> None:
        """Write what is left, as far as that is possible `within` seconds."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._thread.join(within)

    def _work(self) -> None:
        try:
            while not self.lost:
                with self._wake:
                    if not (self._notes or self._required):
                        if self._closing:
                            return
                        self._wake.wait(RETRY)
                self._write_some()
                self._renew()
        finally:
            for _, answer in self._required:
                answer.cancel()
            self._store.rest()

    def _write_some(self) -> None:
        # Notes first: what was seen before a start is written before it.
        while self._notes and not self.lost:
            if not self._try(lambda: self._store.record(self._run, self._fence, self._notes[0])):
                break
            self._notes.popleft()
        while self._required:
            change, answer = self._required.popleft()
            if not answer.set_running_or_notify_cancel():
                continue
            if self._notes:
                answer.set_exception(StoreUnavailable("The database cannot be written at the moment."))
                continue
            try:
                answer.set_result(self._store.record(self._run, self._fence, change))
            except Exception as error:
                answer.set_exception(error)

    def _renew(self) -> None:
        now = self._now()
        if now - self._renewed >= RENEW and self._try(lambda: self._store.renew(self._run, self._fence, now)):
            self._renewed = now

    def _try(self, write: Callable[[], bool]) -> bool:
        """True when it was written. A wrong fence ends this driver; an absent store is waited for."""
        try:
            written = write()
        except Exception as error:
            if not isinstance(error, StoreUnavailable):
                # A change that cannot be written is a defect of ours; the run stops for want of a record.
                log.exception("A change of run %s could not be written.", self._run)
            self.failing_since = self.failing_since or self._now()
            with self._wake:
                self._wake.wait(RETRY)
            return False
        self.failing_since = None
        self.lost = self.lost or not written
        return written
