"""One thread, a virtual clock and a seeded order: processes whose threads are strands (greenlets).

Every wait is a checkpoint at which a process may be killed or frozen. A killed process never does anything
again: each of its strands gets `Killed`, and so does whatever its `finally` clauses ask of a port.
"""

from __future__ import annotations

import heapq
import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from greenlet import getcurrent, greenlet  # type: ignore[import-untyped]

START = datetime(2026, 7, 1, 10, 0, tzinfo=UTC)


class Killed(BaseException):
    """SIGKILL, as far as a strand can feel it."""


@dataclass(eq=False)
class Process:
    """Something that can be killed or frozen as a whole. `skew` is how far its clock is off, in seconds."""

    name: str
    skew: float = 0.0
    is_mortal: bool = True
    is_alive: bool = True
    frozen_until: float = 0.0
    strands: dict[Strand, None] = field(default_factory=dict)
    on_death: list[Callable[[], object]] = field(default_factory=list)


class Strand(greenlet):  # type: ignore[misc]
    """A thread of a process. `ticket` tells its newest wait from those that were cut short."""

    def __init__(self, process: Process, deed: Callable[[], Any], parent: Any) -> None:
        super().__init__(deed, parent)
        self.process, self.ticket = process, 0


class Kernel:
    """The clock, the queue of what is due, and who runs."""

    def __init__(self, seed: int, keeps_trace: bool = False) -> None:
        self.seed, self.random = seed, random.Random(seed)
        self.now = 0.0
        self.awake_by = 0.0
        """When the last who was frozen goes on."""
        self.switches = 0
        self.trace: list[str] | None = [] if keeps_trace else None
        self.strike: Callable[[Process, float], None] = lambda process, weight: None
        """What may befall a process at a checkpoint; set by whoever plans the mishaps."""
        self.true_of: dict[datetime, float] = {}
        """When it really was, by what a clock then said."""
        self.met: Counter[str] = Counter()
        """What befell in this schedule, and how often."""
        self._due: list[tuple[float, int, Strand | None, int, Callable[[], Any] | None]] = []
        self._count = 0
        self._main = getcurrent()

    def instant(self, skew: float = 0.0) -> datetime:
        """What a clock says that is off by so many seconds."""
        said = START + timedelta(seconds=self.now + skew)
        self.true_of[said] = self.now
        return said

    @property
    def strand(self) -> Strand:
        current = getcurrent()
        assert isinstance(current, Strand), "only a strand may wait"
        return current

    @property
    def process(self) -> Process:
        return self.strand.process

    def say(self, who: str, what: str) -> None:
        if self.trace is not None:
            self.trace.append(f"{self.now:9.3f}  {who:<12} {what}")

    def at(self, delay: float, deed: Callable[[], Any]) -> None:
        """The world does this after so many seconds, whoever is alive by then."""
        self._push(self.now + delay, None, 0, deed)

    def spawn(self, process: Process, deed: Callable[[], Any]) -> Strand:
        if not process.is_alive:
            raise Killed
        strand = Strand(process, lambda: self._live(deed), self._main)
        process.strands[strand] = None
        self._push(self.now, strand, 0, None)
        return strand

    def sleep(self, seconds: float, weight: float = 1.0) -> None:
        """A checkpoint: the strand goes on after so many seconds, if its process is still alive by then.

        `weight`: how much likelier than at any other checkpoint something befalls the process here.
        """
        strand = self.strand
        self._park(strand, seconds)
        self.strike(strand.process, weight)
        if not strand.process.is_alive:
            raise Killed

    def park(self, seconds: float) -> None:
        """Wait for so long, or until somebody wakes this strand."""
        self._park(self.strand, seconds)

    def _park(self, strand: Strand, seconds: float) -> None:
        if not strand.process.is_alive:
            raise Killed
        strand.ticket += 1
        self._push(self.now + seconds, strand, strand.ticket, None)
        self._main.switch()
        if not strand.process.is_alive:
            raise Killed

    def wake(self, strand: Strand) -> None:
        strand.ticket += 1
        self._push(self.now, strand, strand.ticket, None)

    def check(self) -> None:
        if not self.process.is_alive:
            raise Killed

    def kill(self, process: Process, why: str) -> None:
        """It is gone at once; its strands unwind in vain before anything else happens."""
        if not process.is_alive:
            return
        process.is_alive = False
        self.met["a process killed"] += 1
        self.say(process.name, f"KILLED {why}")
        self.at(0.0, lambda: self._reap(process))

    def freeze(self, process: Process, seconds: float) -> None:
        process.frozen_until = max(process.frozen_until, self.now + seconds)
        self.awake_by = max(self.awake_by, process.frozen_until)
        self.met["a process frozen past its lease" if seconds > 15 else "a process frozen"] += 1
        self.say(process.name, f"FROZEN for {seconds:.0f} s")

    def run(self, until: float, is_over: Callable[[], bool]) -> None:
        """Let everything happen that is due by `until`, or until it is over."""
        while self._due and not is_over():
            at, _, strand, ticket, deed = self._due[0]
            if at > until:
                break
            heapq.heappop(self._due)
            if deed is not None:
                self.now = at
                deed()
            elif (
                strand is not None and strand.ticket == ticket and strand.process.is_alive and not strand.dead
            ):
                if strand.process.frozen_until > at:
                    self._push(strand.process.frozen_until, strand, ticket, None)
                    continue
                self.now = at
                self.switches += 1
                strand.switch()

    def end(self) -> None:
        """Let go of every strand, so that nothing of this schedule outlives it."""
        for _, _, strand, _, _ in self._due:
            if strand is not None:
                self._reap(strand.process)

    def _live(self, deed: Callable[[], Any]) -> None:
        with suppress(Killed):
            deed()
        self.process.strands.pop(self.strand, None)

    def _reap(self, process: Process) -> None:
        process.is_alive = False
        for strand in list(process.strands):
            if strand:  # one that never began has nothing to unwind
                strand.throw(Killed)
        process.strands.clear()
        while process.on_death:
            process.on_death.pop()()

    def _push(self, at: float, strand: Strand | None, ticket: int, deed: Callable[[], Any] | None) -> None:
        # Two that are due at once come in either order.
        self._count += 1
        heapq.heappush(self._due, (at + self.random.random() * 1e-4, self._count, strand, ticket, deed))
