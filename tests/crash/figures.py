"""Latencies as they were measured, each with its goal: kept with the test's report, printed at the end."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Sequence
from typing import Any

import pytest

KEPT_AS = "latency"
CORES = len(os.sched_getaffinity(0))
HEADROOM = float(os.environ.get("GAMEDAY_CRASH_HEADROOM", "1"))
"""How many times the goal a figure may be before its test fails. More than one is for `make test`, whose
machine has other work, too."""


class Latencies:
    """What one test measured. All in seconds."""

    def __init__(self, request: pytest.FixtureRequest) -> None:
        self._kept = request.node.user_properties

    def note(self, what: str, seconds: Sequence[float], goal: float) -> None:
        """Raises AssertionError beyond the goal, which is for the p99, times the headroom."""
        load = os.getloadavg()[0]
        self._kept.append((KEPT_AS, {"what": what, "goal": goal, "seconds": [*seconds], "load": load}))
        told = [line(what, seconds, goal), *loaded(load, CORES)]
        assert p(99, seconds) <= goal * HEADROOM, "\n".join(told)


def p(percent: int, seconds: Sequence[float]) -> float:
    """The smallest figure that so many per cent of all do not exceed."""
    return sorted(seconds)[max(0, math.ceil(len(seconds) * percent / 100) - 1)]


def line(what: str, seconds: Sequence[float], goal: float) -> str:
    figures = "  ".join(f"{value:>8.3f}" for value in (p(50, seconds), p(99, seconds), max(seconds), goal))
    met = "met" if p(99, seconds) <= goal else "NOT MET"
    return f"{what:<66}  {len(seconds):>4}  {figures}  {met}"


def loaded(load: float, cores: int) -> list[str]:
    """A sentence where more wanted to run in the last minute than the machine has cores; else nothing."""
    if load <= cores:
        return []
    said = f"The machine was loaded: its load was {load:.1f} with {cores} cores"
    return [f"{said}, and a figure may be that of the load."]


def table(kept: Iterable[tuple[str, Any]]) -> list[str]:
    """The lines to print; none where nothing was measured."""
    figures = [one for name, one in kept if name == KEPT_AS]
    if not figures:
        return []
    lines = sorted(line(one["what"], one["seconds"], one["goal"]) for one in figures)
    head = f"{'seconds, real time':<66}  {'n':>4}  {'p50':>8}  {'p99':>8}  {'max':>8}  {'goal':>8}"
    return [head, *lines, *loaded(max(one["load"] for one in figures), CORES)]
