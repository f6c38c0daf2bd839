"""Writing down, beside the driver: a start waits for it, a stop never does."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from datetime import datetime, timedelta
from typing import Protocol

from chaos.domain.errors import StoreUnavailable
from chaos.domain.record import Change
from chaos.ports import Store

log = logging.getLogger(__name__)

RENEW = timedelta(seconds=3)
HANGS = timedelta(seconds=3)
"""A write under way for longer counts as failing since it began."""
RETRY = 0.5
STUCK = timedelta(seconds=12)
"""A driver waits for a record for 10 s at the most: half of it for its turn, half for the database, which is
hung up on then. Longer without a turn of its loop: it drives no more."""

TAKEN_OVER = "Another driver has taken this run over."


class Recorder(Protocol):
    """Where a step writes. `lost`: another driver holds the fence; `failing_since`: nothing gets through."""

    lost: bool

    @property
    def failing_since(self) -> datetime | None: ...

    def require(self, change: Change) -> None:
        """Write now or raise StoreUnavailable; what was refused is never written later."""

    def note(self, change: Change) -> None:
        """Write as soon as possible, in order, however long the store is away."""

    def turned(self) -> None:
        """The driver's loop has come round once more. The lease lives by that, not by this process."""

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
        self._failing: datetime | None = None
        self._began: datetime | None = None
        self._renewed = self._turned = now()
        self._thread = threading.Thread(target=self._work, name=f"recorder-{run[:8]}", daemon=True)
        self._thread.start()

    @property
    def failing_since(self) -> datetime | None:
        """A database that hangs is as far away as one that refuses."""
        began, failing = self._began, self._failing
        return failing or (began if began and self._now() - began > HANGS else None)

    def require(self, change: Change, within: float = 5.0) -> None:
        answer: Future[bool] = Future()
        with self._wake:
            if self.lost:
                raise StoreUnavailable(TAKEN_OVER)
            self._required.append((change, answer))
            self._wake.notify()
        try:
            written = answer.result(timeout=within)
        except CancelledError:
            raise StoreUnavailable(TAKEN_OVER) from None
        except TimeoutError:
            if answer.cancel():
                raise StoreUnavailable(f"The database did not answer within {within:.0f} s.") from None
            written = answer.result()  # it had begun: its end decides, not our patience
        if not written:
            self.lost = True
            raise StoreUnavailable(TAKEN_OVER)

    def note(self, change: Change) -> None:
        with self._wake:
            self._notes.append(change)
            self._wake.notify()

    def turned(self) -> None:
        self._turned = self._now()

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
                if not self._closing:  # nobody drives any more: the lease is not kept for anybody
                    self._renew()
        finally:
            with self._wake:
                self.lost = self.lost or not self._closing
                for _, answer in self._required:
                    answer.cancel()
            self._store.rest()

    def _write_some(self) -> None:
        # Notes first: what was seen before a start is written before it.
        while self._notes and not self.lost:
            if not self._try(lambda: self._store.record(self._run, self._fence, self._notes[0])):
                break
            self._notes.popleft()
            self._failing = None
        while self._required:
            change, answer = self._required.popleft()
            if not answer.set_running_or_notify_cancel():
                continue
            if self._notes:
                answer.set_exception(StoreUnavailable("The database cannot be written at the moment."))
                continue
            self._began = self._now()
            try:
                answer.set_result(self._store.record(self._run, self._fence, change))
            except Exception as error:
                answer.set_exception(error)
            self._began = None

    def _renew(self) -> None:
        now = self._now()
        if now - self._turned > STUCK:
            return
        if now - self._renewed >= RENEW and self._try(lambda: self._store.renew(self._run, self._fence, now)):
            self._renewed = now
            # A lease that can be renewed is no record: while notes cannot be written, nothing gets through.
            self._failing = self._failing if self._notes else None

    def _try(self, write: Callable[[], bool]) -> bool:
        """True when it was written. A wrong fence ends this driver; an absent store is waited for."""
        self._began = self._now()
        try:
            written = write()
        except Exception as error:
            if not isinstance(error, StoreUnavailable):
                # A change that cannot be written is a defect of ours; the run stops for want of a record.
                log.exception("A change of run %s could not be written.", self._run)
            self._failing = self._failing or self._began
            with self._wake:
                self._wake.wait(RETRY)
            return False
        finally:
            self._began = None
        self.lost = self.lost or not written
        return written
