"""Halt everything, or one cluster. It needs neither Celery nor Redis, and not even the database.

A halt acts on the clusters from the calling process at once, and is recorded beside that.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from concurrent.futures import wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import Error, connections
from django.db.models import Q

from chaos.domain.run import Stop
from chaos.domain.sight import Residue
from chaos.domain.states import StopKind
from chaos.journal import ORGANISATION, spool
from chaos.journal.record import append, lock
from chaos.journal.spool import Spooled
from chaos.models import Cluster as ClusterRow
from chaos.models import Halt
from chaos.ports import Cluster
from chaos.services.beside import begun, in_short, sentence
from chaos.services.by_labels import Sweep
from chaos.services.latching import stop_runs_of
from chaos.services.patience import each_answered_within
from chaos.services.releasing import released_since
from chaos.services.stop_record import LATE_WITHIN, within_patience

TRIES, PAUSE = 5, 1.0
KEEP_TRYING = timedelta(minutes=5)
"""How long a halt that was answered already goes on with what failed."""

SAYS_WITHIN = timedelta(seconds=2)
"""How long the database may take to say whether a halt was released: no cluster waits for it longer."""

log = logging.getLogger(__name__)
_kept_at: set[str] = set()
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Halted:
    """What a halt did, by cluster: what was told to go, what failed with the sentence, and who has not
    answered yet. `leaving` is where something is still on its way out, or to be set back once it is gone.
    `record_error`: why it is not recorded, or "". `since`: when the same person had halted already, which
    stands; then nothing was written twice. `spooled`: the file that keeps the record until the journal can be
    written."""

    deleted: Mapping[str, tuple[Residue, ...]] = field(default_factory=dict)
    failed: Mapping[str, str] = field(default_factory=dict)
    waiting: tuple[str, ...] = ()
    leaving: tuple[str, ...] = ()
    record_error: str = ""
    since: datetime | None = None
    spooled: str = ""


def halt(
    by: str,
    reason: str,
    ports: Mapping[str, Cluster],
    now: datetime,
    pause: float = PAUSE,
    patience: timedelta | None = None,
    cluster: str = "",
) -> Halted:
    """Pull every lever: delete all that is ours on these clusters, latch, and stop all live runs.

    With `cluster`, which is then the only one of `ports`, just its lever and its runs.

    What fails is tried again, `pause` seconds apart: `TRIES` times, or with `patience` for `KEEP_TRYING`
    beside the answer, which then comes within it. Pulled again by the same person before it is released, it
    deletes again and writes nothing twice. Raises nothing for a cluster or a database that does not answer:
    it says so in the answer.
    """
    until = None if patience is None else time.monotonic() + patience.total_seconds()
    sweeps = {name: _Sweep(name, port, f"{reason} (by {by})", now, pause) for name, port in ports.items()}
    acts = {
        name: begun(sweep.try_often if until is None else sweep.try_long) for name, sweep in sweeps.items()
    }
    recorded = _Record(by, reason, now, cluster)
    record_error = recorded.write(patience)
    spooled = spool.keep(recorded.entry(record_error)) if record_error else ""
    if record_error and patience is not None:
        threading.Thread(target=recorded.write_late, name="late record of a halt").start()
    wait(acts.values(), None if until is None else max(0.0, until - time.monotonic()))
    seen = {name: (sweep.told, in_short(sweep.failures)) for name, sweep in sweeps.items() if sweep.tried}
    return Halted(
        deleted={name: tuple(told.values()) for name, (told, _) in seen.items()},
        failed={name: failures for name, (_, failures) in seen.items() if failures},
        waiting=tuple(name for name in ports if name not in seen),
        leaving=tuple(name for name in seen if not (sweeps[name].is_over or sweeps[name].failures)),
        record_error=record_error,
        since=recorded.since,
        spooled=spooled,
    )


class _Sweep(Sweep):
    """Again and again while something fails."""

    def __init__(self, name: str, port: Cluster, why: str, at: datetime, pause: float) -> None:
        super().__init__(port, why)
        self._name, self._at, self._pause = name, at, pause

    def try_often(self) -> None:
        while self.once() and self.tried < TRIES:
            time.sleep(self._pause)

    def try_long(self) -> None:
        """Once, then on until it is through or released. The answer waits for what failed, as long as it can;
        what is only leaving yet, and is then to be set back, is not waited for."""
        if self.once():
            self._go_on()
        elif not self.is_over:
            begun(self._go_on)

    def _go_on(self) -> None:
        """Of several halts one alone goes on at a cluster."""
        until = time.monotonic() + KEEP_TRYING.total_seconds()
        with _lock:
            if self._name in _kept_at:
                return
            _kept_at.add(self._name)
        try:
            while time.monotonic() < until:
                time.sleep(self._pause)
                if _was_released(self._at, self._name) or (not self.once() and self.is_over):
                    return
            log.error("The halt did not go through on %s: %s", self._name, " ".join(self.failures))
        finally:
            with _lock:
                _kept_at.discard(self._name)


class _Record:
    """That everything is halted, or one cluster, and that every live run there is to stop."""

    def __init__(self, by: str, reason: str, at: datetime, cluster: str = "") -> None:
        self._by, self._reason, self._at, self._cluster = by, reason, at, cluster
        self.since: datetime | None = None

    def entry(self, why: str) -> Spooled:
        """What the journal is to say of it; `why` it does not yet."""
        text = f"{self._by} halted {self._cluster or 'everything'}: {self._reason}"
        halts = (self._cluster,)
        return Spooled(self._at, "halt.pulled", text, self._by, why, halts=halts, reason=self._reason)

    def write(self, patience: timedelta | None) -> str:
        """Why it could not be written, or ""."""
        try:
            with within_patience(patience):
                self._write()
        except Exception as error:  # the deletes are under way: no record's failure may end this process
            return sentence(error)
        return ""

    def write_late(self) -> None:
        """Go on trying, on a thread that this process waits for when it ends."""
        until = time.monotonic() + KEEP_TRYING.total_seconds()
        try:
            while time.monotonic() < until:
                time.sleep(PAUSE)
                if _was_released(self._at, self._cluster) or not self.write(LATE_WITHIN):
                    return
                connections.close_all()
            log.error("The halt by %s could not be written down.", self._by)
        finally:
            connections.close_all()

    def _write(self) -> None:
        row = ClusterRow.objects.get(name=self._cluster) if self._cluster else None
        stop_runs_of(row, Stop(self._at, StopKind.HALT, f"Halted: {self._reason}", self._by))
        # Two requests of one press come in turn, and the second finds what the first wrote.
        lock(ORGANISATION)
        held = Halt.objects.filter(released_at=None, cluster=row, by=self._by).first()
        if held:
            self.since = held.at
            return
        Halt.objects.create(cluster=row, at=self._at, by=self._by, reason=self._reason)
        entry = self.entry("")
        if not spool.is_on_record(entry):  # out of the spool, by somebody who came first
            append(ORGANISATION, entry.kind, entry.text, at=self._at, actor=self._by, actor_name=self._by)


def _was_released(since: datetime, cluster: str) -> bool:
    """Whether somebody released it meanwhile (with no cluster: everywhere): then no lever is pulled any more.
    A database that cannot say is no release."""
    concerned = Q(cluster=None) | Q(cluster__name=cluster) if cluster else Q(cluster=None)
    try:
        with each_answered_within(SAYS_WITHIN):
            is_held = Halt.objects.filter(concerned, released_at=None).exists()
            return not is_held and released_since(since, cluster)
    except Error:
        return False
    finally:
        connections.close_all()
