"""Many schedules at once, and the table that says what became of them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, field

from tests.simulation.rules import without
from tests.simulation.schedule import simulate
from tests.simulation.verdict import KINDS

A_BATCH = 50


@dataclass
class Table:
    """The sum of many verdicts. `failed`: the seeds that failed, with what was found."""

    schedules: int = 0
    injected: int = 0
    resurrected: int = 0
    crossed: int = 0
    by_hand: int = 0
    states: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    failed: dict[int, list[str]] = field(default_factory=dict)
    exposure: list[float] = field(default_factory=list)

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

    def lines(self, seconds: float) -> Iterator[str]:
        pace = self.schedules / max(seconds, 0.001) * 60
        yield f"schedules run          {self.schedules:>8,}   in {seconds:.0f} s ({pace:,.0f} a minute)"
        ends = ", ".join(f"{count:,} {state}" for state, count in sorted(self.states.items()))
        yield f"  with a fault         {self.injected:>8,}   ({ends})"
        for kind in KINDS:
            yield f"{kind:<22} {self.found[kind]:>8,}"
        yield f"engines that came back, and went again: {self.resurrected:,}"
        yield f"creates that crossed a stop: {self.crossed:,}"
        yield f"faults that a person was told to mend: {self.by_hand:,}"
        worst = sorted(self.exposure)
        if worst:
            p50, p99 = worst[len(worst) // 2], worst[int(len(worst) * 0.99)]
            yield f"exposure after a stop  p50 {p50:.1f} s, p99 {p99:.1f} s, max {worst[-1]:.1f} s"


def run_some(seeds: Sequence[int], rule: str = "") -> Table:
    """Those schedules, one after the other, in this process."""
    table = Table()
    with without(rule):
        for seed in seeds:
            verdict = simulate(seed).verdict
            table.schedules += 1
            table.injected += verdict.was_injected
            table.resurrected += verdict.resurrected
            table.crossed += verdict.crossed
            table.by_hand += verdict.by_hand
            table.states[verdict.state] += 1
            table.found.update(verdict.kinds)
            table.exposure += verdict.exposure
            if verdict.failures:
                table.failed[seed] = verdict.failures
    return table


def run_many(first: int, count: int, jobs: int, seconds: float | None, rule: str) -> tuple[Table, float]:
    """`count` schedules from the seed `first` on, or as many as go into so many seconds; and how many
    seconds it took."""
    began, table = time.monotonic(), Table()
    batches = (range(at, min(at + A_BATCH, first + count)) for at in range(first, first + count, A_BATCH))
    with ProcessPoolExecutor(jobs) as pool:
        under_way: set[Future[Table]] = set()
        for batch in batches:
            if seconds is not None and time.monotonic() - began > seconds:
                break
            under_way.add(pool.submit(run_some, batch, rule))
            if len(under_way) > jobs:
                done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                for each in done:
                    table.add(each.result())
        for each in under_way:
            table.add(each.result())
    return table, time.monotonic() - began
