"""Many schedules at once, and the table that says what became of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait

from tests.simulation.on_the_api.rules import without
from tests.simulation.schedule import Outcome, simulate
from tests.simulation.table import Table

A_BATCH = 50


Play = Callable[[int], Outcome]


def run_some(seeds: Sequence[int], rule: str = "", play: Play = simulate) -> Table:
    """Those schedules, one after the other, in this process."""
    table = Table()
    with without(rule):
        for seed in seeds:
            outcome = play(seed)
            verdict = outcome.verdict
            table.schedules += 1
            table.injected += verdict.was_injected
            table.resurrected += verdict.resurrected
            table.crossed += verdict.crossed
            table.by_hand += verdict.by_hand
            table.states[verdict.state] += 1
            table.found.update(verdict.kinds)
            table.exposure += verdict.exposure
            table.owed += verdict.owed
            table.met.update(name for name, count in outcome.met.items() if count)
            if verdict.failures:
                table.failed[seed] = verdict.failures
    return table


def run_many(
    first: int, count: int, jobs: int, seconds: float | None, rule: str, play: Play = simulate
) -> tuple[Table, float]:
    """`count` schedules from the seed `first` on, or as many as go into so many seconds; and how many
    seconds it took."""
    began, table = time.monotonic(), Table()
    batches = (range(at, min(at + A_BATCH, first + count)) for at in range(first, first + count, A_BATCH))
    with ProcessPoolExecutor(jobs) as pool:
        under_way: set[Future[Table]] = set()
        for batch in batches:
            if seconds is not None and time.monotonic() - began > seconds:
                break
            under_way.add(pool.submit(run_some, batch, rule, play))
            if len(under_way) > jobs:
                done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                for each in done:
                    table.add(each.result())
        for each in under_way:
            table.add(each.result())
    return table, time.monotonic() - began
