"""The sum of many verdicts, and the table that says it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tests.simulation.verdict import KINDS


@dataclass
class Table:
    """`failed`: the seeds that failed, with what was found; `exposure` in seconds, of every fault."""

    schedules: int = 0
    injected: int = 0
    resurrected: int = 0
    crossed: int = 0
    by_hand: int = 0
    states: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    failed: dict[int, list[str]] = field(default_factory=dict)
    exposure: list[float] = field(default_factory=list)
    owed: list[float] = field(default_factory=list)
    """The same, without the time in which the API server answered nobody."""
    met: Counter[str] = field(default_factory=Counter)
    """In how many schedules each mishap befell."""

    def add(self, other: Table) -> None:
        self.schedules += other.schedules
        self.injected += other.injected
        self.resurrected += other.resurrected
        self.crossed += other.crossed
        self.by_hand += other.by_hand
        self.states += other.states
        self.found += other.found
        self.failed |= other.failed
        self.exposure += other.exposure
        self.owed += other.owed
        self.met += other.met

    def lines(self, seconds: float) -> Iterator[str]:
        pace = self.schedules / max(seconds, 0.001) * 60
        yield f"schedules run          {self.schedules:>8,}   in {seconds:.0f} s ({pace:,.0f} a minute)"
        ends = ", ".join(f"{count:,} {state}" for state, count in sorted(self.states.items()))
        share = self.injected / max(self.schedules, 1)
        yield f"  with a fault         {self.injected:>8,}   ({share:.0%}; {ends})"
        for kind in KINDS:
            yield f"{kind:<22} {self.found[kind]:>8,}"
        yield f"engines that came back, and went again: {self.resurrected:,}"
        yield f"creates that crossed a stop: {self.crossed:,}"
        yield f"faults that a person was told to mend: {self.by_hand:,}"
        if self.exposure:
            yield f"exposure after a stop  {_spread(self.exposure)}"
            yield f"  with an API server   {_spread(self.owed)}"


def _spread(seconds: Iterable[float]) -> str:
    worst = sorted(seconds)
    p50, p99 = worst[len(worst) // 2], worst[int(len(worst) * 0.99)]
    return f"p50 {p50:.1f} s, p99 {p99:.1f} s, max {worst[-1]:.1f} s"
