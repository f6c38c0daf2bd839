"""The memory store, and what the simulator writes down beside it: who claimed what, and when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from chaos.domain.record import Change, RunRecord
from chaos.domain.run import Stop
from chaos.domain.states import RunState
from tests.simulation.kernel import Kernel
from tests.support.memory_store import MemoryStore


@dataclass(frozen=True)
class Claim:
    """That all was measured to be gone: as of the instant `at`, decided at `said_at`."""

    at: float
    said_at: float


@dataclass
class Ledger(MemoryStore):
    """`stop_known_at`: since when a stop is latched; `intents`: when it was decided to ask for an injection,
    and when that was written; `over_at`: when the run's end was."""

    kernel: Kernel = field(default=None)  # type: ignore[assignment]
    claims: list[Claim] = field(default_factory=list)
    intents: list[tuple[float, float]] = field(default_factory=list)
    stop_known_at: float | None = None
    over_at: float | None = None
    lost: list[str] = field(default_factory=list)
    """What was known of the run, and is no more."""
    when: tuple[RunState, Callable[[], object]] | None = None
    """What happens as the run comes into this state."""

    def record(self, run: str, fence: int, change: Change) -> bool:
        asked = {item.index for item in self.record_.progress if item.requested_at}
        clean_at = self.record_.marks.clean_at
        known = self.record_
        if not super().record(run, fence, change):
            return False
        self._note_what_is_lost(known, change)
        fresh = [item for item in change.progress if item.requested_at and item.index not in asked]
        self.intents += [(self._true(change.at), self.kernel.now) for _ in fresh]
        if change.marks and change.marks.clean_at and change.marks.clean_at != clean_at:
            self.claims.append(Claim(self._true(change.marks.clean_at), self._true(change.at)))
        for event in change.events:
            self.kernel.say("journal", f"{event.kind}: {event.text}")
        if self.when and change.moved and change.moved[1] is self.when[0]:
            self.when[1]()
        if self.record_.state.is_final:
            self.over_at = self.kernel.now
        if self.stop and self.stop_known_at is None:
            self.stop_known_at = self.kernel.now
        return True

    def want_stop(self, runs: Sequence[str], stop: Stop, within: timedelta | None = None) -> int:
        count = super().want_stop(runs, stop, within)
        if count and self.stop_known_at is None:
            self.stop_known_at = self.kernel.now
        return count

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
