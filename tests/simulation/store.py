"""The memory store, and what the simulator writes down beside it: who claimed what, and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from chaos.domain.record import Change
from chaos.domain.run import Stop
from chaos.domain.sight import Node
from chaos.domain.states import RunState
from tests.simulation.kernel import START, Kernel
from tests.support.memory_store import MemoryStore


@dataclass(frozen=True)
class Claim:
    """That all was measured to be gone, as of the instant `at`."""

    at: float


@dataclass
class Ledger(MemoryStore):
    """`stop_known_at`: since when a stop is latched; `intents`: when an injection was written to be asked
    for; `before`: the nodes as they were."""

    kernel: Kernel = field(default=None)  # type: ignore[assignment]
    before: Mapping[str, Node] = field(default_factory=dict)
    claims: list[Claim] = field(default_factory=list)
    intents: list[float] = field(default_factory=list)
    stop_known_at: float | None = None
    stopped_in: RunState | None = None
    """The state in which the stop found the run."""

    def record(self, run: str, fence: int, change: Change) -> bool:
        before = self.record_.state
        asked = {item.index for item in self.record_.progress if item.requested_at}
        clean_at = self.record_.marks.clean_at
        if not super().record(run, fence, change):
            return False
        fresh = [item for item in change.progress if item.requested_at and item.index not in asked]
        self.intents += [self.kernel.now for _ in fresh]
        if change.marks and change.marks.clean_at and change.marks.clean_at != clean_at:
            by_its_clock = (change.marks.clean_at - START).total_seconds()
            self.claims.append(Claim(by_its_clock - self.kernel.process.skew))
        for event in change.events:
            self.kernel.say("journal", f"{event.kind}: {event.text}")
        self._note_stop(before)
        return True

    def want_stop(self, runs: Sequence[str], stop: Stop, within: timedelta | None = None) -> int:
        before = self.record_.state
        count = super().want_stop(runs, stop, within)
        self._note_stop(before)
        return count

    def _note_stop(self, before: RunState) -> None:
        if self.stop and self.stop_known_at is None:
            self.stop_known_at, self.stopped_in = self.kernel.now, before
