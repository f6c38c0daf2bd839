"""The scheduler itself: what is killed stays dead, what is frozen goes on where it stood."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from tests.simulation.kernel import Kernel, Process
from tests.simulation.threads import Threads


@pytest.fixture
def kernel() -> Kernel:
    return Kernel(1)


def play(kernel: Kernel, process: Process, deed: Callable[[], object], until: float = 100.0) -> None:
    kernel.spawn(process, deed)
    kernel.run(until, lambda: False)


def test_what_a_killed_process_still_wants_to_do_has_no_effect(kernel: Kernel) -> None:
    done: list[str] = []
    process = Process("worker")

    def live() -> None:
        try:
            kernel.sleep(10)
            done.append("work")
        finally:
            kernel.sleep(0)  # a port would do this before it does anything
            done.append("tidied up")

    kernel.at(5, lambda: kernel.kill(process, "now"))
    play(kernel, process, live)
    assert done == []
    assert not process.strands


def test_whoever_restarts_what_died_is_told_once(kernel: Kernel) -> None:
    deaths: list[float] = []
    process = Process("worker", on_death=[lambda: deaths.append(kernel.now)])
    kernel.at(5, lambda: kernel.kill(process, "now"))
    kernel.at(6, lambda: kernel.kill(process, "again"))
    play(kernel, process, lambda: kernel.sleep(50))
    assert deaths == [pytest.approx(5, abs=0.01)]


def test_a_frozen_process_goes_on_where_it_stood_and_not_before(kernel: Kernel) -> None:
    woke: list[float] = []
    process = Process("worker")

    def live() -> None:
        kernel.sleep(5)
        woke.append(kernel.now)

    kernel.at(1, lambda: kernel.freeze(process, 30))
    play(kernel, process, live)
    assert woke == [pytest.approx(31, abs=0.01)]


def test_a_future_is_waited_for_no_longer_than_asked(kernel: Kernel) -> None:
    threads, seen = Threads(kernel), []
    late, soon = threads.future(), threads.future()

    def live() -> None:
        kernel.at(2, lambda: soon.set_result("there"))
        seen.append(soon.result(timeout=10))
        with pytest.raises(TimeoutError):
            late.result(timeout=10)
        seen.append(f"{kernel.now:.0f}")

    play(kernel, Process("worker"), live)
    assert seen == ["there", "12"]


def test_of_two_that_are_due_at_once_either_may_come_first() -> None:
    firsts = set()
    for seed in range(20):
        kernel, order = Kernel(seed), list[str]()
        kernel.at(1, partial(order.append, "one"))
        kernel.at(1, partial(order.append, "other"))
        kernel.run(2, lambda: False)
        firsts.add(order[0])
    assert firsts == {"one", "other"}
