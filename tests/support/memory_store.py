"""The store port in memory, for tests of the drive that need no database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from chaos.domain import codec
from chaos.domain.errors import StoreUnavailable
from chaos.domain.injection import Progress
from chaos.domain.left import Left, is_other
from chaos.domain.record import Change, Event, RunRecord, Signals
from chaos.domain.run import Stop, Word
from chaos.domain.states import RunState, Verdict, may_move
from chaos.domain.targets import Limits
from chaos.ports import RunRef

LEASE = timedelta(seconds=15)
OVERDUE = timedelta(seconds=2)


@dataclass
class MemoryStore:
    """One run. `away` makes every verb raise; `log` is every event in order."""

    record_: RunRecord
    now: Any
    away: bool = False
    fence: int = 0
    owner: str = ""
    lease_until: datetime | None = None
    stop: Stop | None = None
    lever: str = ""
    limits: Limits | None = field(default_factory=lambda: Limits(max_percent=50))
    words: tuple[Word, ...] = ()
    verdict: Verdict = Verdict.AWAITED
    outcomes: tuple[Any, ...] = ()
    residue: tuple[str, ...] = ()
    log: list[Event] = field(default_factory=list)
    alerts: list[Any] = field(default_factory=list)
    manifests: dict[int, Any] = field(default_factory=dict)
    read_back: tuple[Any, ...] = ()
    late_since: datetime | None = None

    def _reach(self) -> None:
        if self.away:
            raise StoreUnavailable("The store is away.")

    def claim(self, run: str, owner: str, now: datetime) -> int | None:
        self._reach()
        held = self.lease_until and self.lease_until >= now and self.owner != owner
        if held or self.record_.state.is_final:
            return None
        self.owner, self.lease_until, self.fence = owner, now + LEASE, self.fence + 1
        return self.fence

    def renew(self, run: str, fence: int, now: datetime) -> bool:
        self._reach()
        if fence == self.fence:
            self.lease_until = now + LEASE
        return fence == self.fence

    def release(self, run: str, fence: int) -> None:
        self._reach()
        if fence == self.fence:
            self.lease_until, self.owner = None, ""

    def rest(self) -> None:
        pass

    def ref(self, run: str) -> RunRef:
        self._reach()
        return RunRef(self.record_.run, self.record_.installation, self.record_.spec.scenario)

    def installation(self) -> str:
        self._reach()
        return self.record_.installation

    def live(self) -> Mapping[str, RunRef]:
        ref = self.ref(self.record_.run)
        return {} if self.record_.state.is_final else {ref.run: ref}

    def overdue(self, now: datetime) -> Sequence[str]:
        since = self.record_.state_since + OVERDUE
        is_overdue = self.lease_until < now if self.lease_until else since < now
        return [run for run in self.live() if is_overdue]

    def over(self, runs: Collection[str]) -> Mapping[str, str]:
        self._reach()
        mine = self.record_.run
        return {given: mine for given in runs if given and mine.startswith(given) and not self.live()}

    def late(self, cluster: str) -> Sequence[tuple[str, datetime]]:
        self._reach()
        return [(self.record_.run, self.late_since)] if self.late_since else []

    def note_late(
        self,
        run: str,
        at: datetime,
        left: Sequence[Left],
        events: Sequence[Event],
        progress: Sequence[Progress] = (),
    ) -> None:
        self._reach()
        assert self.record_.state.is_final
        if not left or is_other(left, self.residue):
            self.log += events
        self.residue, self.late_since = tuple(left), (self.late_since or at) if left else None
        by_index = {item.index: item for item in progress}
        kept = tuple(by_index.get(item.index, item) for item in self.record_.progress)
        self.record_ = replace(self.record_, progress=kept)

    def want_stop(self, runs: Sequence[str], stop: Stop, within: timedelta | None = None) -> int:
        """The first stop counts, but for one of the run's own that this one brought about."""
        if not set(runs) & self.live().keys() or (self.stop and not stop.explains(self.stop)):
            return 0
        self.stop = stop
        if self.record_.state is RunState.PENDING and not self.fence:  # no driver ever had it
            self.record_ = replace(self.record_, state=RunState.ABORTED, state_since=stop.at)
            self.verdict = Verdict.INCONCLUSIVE
        return 1

    def signals(self, run: str) -> Signals:
        self._reach()
        return Signals(self.now(), self.stop, self.lever, self.words, self.limits, self.fence)

    def load(self, run: str) -> RunRecord:
        readings = tuple(dict.fromkeys(self.record_.readings))
        return replace(self.record_, readings=readings, signals=self.signals(run))

    def record(self, run: str, fence: int, change: Change) -> bool:
        self._reach()
        row = self.record_
        if fence != self.fence or (change.moved and row.state is not change.moved[0]):
            return False
        asked = {item.index for item in row.progress if item.requested_at}
        if (self.stop or self.lever) and {
            item.index for item in change.progress if item.requested_at
        } - asked:
            raise StoreUnavailable("Nothing starts any more.")
        codec.to_plain(change.events)  # what the journal could not hold is written nowhere
        if change.moved:
            assert may_move(*change.moved), change.moved
            row = replace(row, state=change.moved[1], state_since=change.at)
        by_index = {item.index: item for item in change.progress}
        planned = [item for item in change.planned if item.index >= len(row.injections)]
        fresh = [Progress(item.index, intended_at=change.at) for item in planned]
        self.record_ = replace(
            row,
            marks=change.marks or row.marks,
            injections=(*row.injections, *planned),
            progress=tuple(by_index.get(item.index, item) for item in (*row.progress, *fresh)),
            readings=row.readings + change.readings,
        )
        self.stop = self.stop or change.stop
        self.verdict = change.verdict or self.verdict
        self.outcomes = change.outcomes if change.outcomes is not None else self.outcomes
        self.residue = change.residue if change.residue is not None else self.residue
        self.alerts += change.alerts
        self.manifests |= change.manifests
        self.log += change.events
        self.read_back = change.read_back or self.read_back
        if row.state.is_final:
            self.lease_until, self.owner = None, ""
        return True
