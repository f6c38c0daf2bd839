"""Where the run is kept, and what the simulator writes down beside it: who claimed what, and when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from chaos.domain.record import Change, RunRecord
from chaos.domain.run import Stop
from chaos.domain.states import RunState
from chaos.ports import Store
from tests.simulation.kernel import Kernel
from tests.simulation.objects import Lever
from tests.support.memory_store import MemoryStore


@dataclass(frozen=True)
class Claim:
    """That all was measured to be gone: as of the instant `at`, decided at `said_at`."""

    at: float
    said_at: float


class Kept(Protocol):
    """A store with the one run of the schedule in it, wherever it keeps that."""

    @property
    def store(self) -> Store: ...

    def known(self) -> RunRecord:
        """The run as it is written down; its readings do not matter here."""

    def stop(self) -> Stop | None:
        """The stop that is latched."""

    def set_lever(self, reason: str) -> None:
        """Pull the lever of the database, or with "" release it."""

    def refuse(self, ask: Callable[[], object]) -> None:
        """Ask while the store refuses; nothing comes of it."""


class InMemory:
    def __init__(self, record: RunRecord, now: Callable[[], datetime]) -> None:
        self.store = MemoryStore(record, now)

    def known(self) -> RunRecord:
        return self.store.record_

    def stop(self) -> Stop | None:
        return self.store.stop

    def set_lever(self, reason: str) -> None:
        self.store.lever = reason and f"{reason} (by otto)"

    def refuse(self, ask: Callable[[], object]) -> None:
        return


class Ledger:
    """A store, and what the simulator writes down beside it.

    `stop_known_at`: since when a stop is latched; `intents`: when it was decided to ask for an injection, and
    when that was written; `over_at`: when the run's end was; `lost`: what was known of the run, and is no
    more; `whens`: what happens as the run comes into a state; `halt`: the lever that is kept here;
    `claimed`: when a driver took it up; `went_on`: when the run, with no stop known, came into which state.
    """

    def __init__(self, kernel: Kernel, kept: Kept) -> None:
        self.kernel, self._kept = kernel, kept
        self.claims: list[Claim] = []
        self.intents: list[tuple[float, float]] = []
        self.stop_known_at: float | None = None
        self.over_at: float | None = None
        self.lost: list[str] = []
        self.whens: list[tuple[RunState, Callable[[], object]]] = []
        self.halt = Lever(kernel)
        self.claimed: list[float] = []
        self.went_on: list[tuple[RunState, float]] = []
        self.refuse = kept.refuse
        self.record_ = kept.known()

    def __getattr__(self, verb: str) -> Any:
        return getattr(self._kept.store, verb)

    def claim(self, run: str, owner: str, now: datetime) -> int | None:
        fence: int | None = self._kept.store.claim(run, owner, now)
        if fence is not None:
            self.claimed.append(self.kernel.now)
        return fence

    def had_driven(self, at: float) -> float:
        """For how many seconds the driver of then had the run."""
        return at - max((since for since in self.claimed if since <= at), default=at)

    def record(self, run: str, fence: int, change: Change) -> bool:
        asked = {item.index for item in self.record_.progress if item.requested_at}
        clean_at = self.record_.marks.clean_at
        known = self.record_
        if not self._kept.store.record(run, fence, change):
            return False
        self.record_ = self._kept.known()
        self._note_what_is_lost(known, change)
        fresh = [item for item in change.progress if item.requested_at and item.index not in asked]
        self.intents += [(self._true(change.at), self.kernel.now) for _ in fresh]
        if change.marks and change.marks.clean_at and change.marks.clean_at != clean_at:
            self.claims.append(Claim(self._true(change.marks.clean_at), self._true(change.at)))
        for event in change.events:
            self.kernel.say("journal", f"{event.kind}: {event.text}")
        for state, deed in self.whens:
            if change.moved and change.moved[1] is state:
                deed()
        if change.moved and not self._kept.stop():
            self.went_on.append((change.moved[1], self._true(change.at)))
        if self.record_.state.is_final:
            self.over_at = self.kernel.now
        if self.stop_known_at is None and self._kept.stop():
            self.stop_known_at = self.kernel.now
        return True

    def want_stop(self, runs: Sequence[str], stop: Stop, within: timedelta | None = None) -> int:
        count = self._kept.store.want_stop(runs, stop, within)
        self.record_ = self._kept.known()
        if count and self.stop_known_at is None:
            self.stop_known_at = self.kernel.now
        return count

    def pull_lever(self, reason: str, stop: Stop | None) -> None:
        """As a halt is written down; with `stop`, where it found the run to be live."""
        if stop:
            self.want_stop([self.record_.run], stop)
        self._kept.set_lever(reason)
        self.halt.set(reason)

    def release_lever(self) -> None:
        self._kept.set_lever("")
        self.halt.set("")

    def _true(self, instant: datetime) -> float:
        """When it was that the writing process' clock said this."""
        return self.kernel.true_of[instant]

    def _note_what_is_lost(self, known: RunRecord, change: Change) -> None:
        """Marks and instants are set once; only what came back takes some of them away."""
        if any(event.kind == "run.came_back" for event in change.events):
            return
        pairs: list[tuple[Any, Any]] = [(known.marks, self.record_.marks)]
        pairs += zip(known.progress, self.record_.progress, strict=False)
        for before, after in pairs:
            names = [name for name in before.__slots__ if getattr(before, name) and not getattr(after, name)]
            self.lost += [f"{name}, at {self.kernel.now:.1f}" for name in names]
