"""A probe's readings folded, one by one, into what the next decision needs: streaks and the newest value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chaos.domain.sight import Reading
from chaos.domain.spec import AbortCondition, Expectation, ExpectationKind, ProbeSpec, RunSpec

BASELINE_KINDS = (ExpectationKind.HOLDS, ExpectationKind.RECOVERS_WITHIN)


@dataclass(frozen=True, slots=True)
class Tally:
    """`breaching` has one streak per abort condition of the probe, in the spec's order, and `began` the
    reading with which each of them began.

    `green` counts known readings in a row within every steady-state tolerance of the probe.
    `gap_ended_at` is the end of the newest stretch without a known reading that was too long: a driver that
    slept through it never saw it coming.
    `silence` is the newest stretch without any reading, known or not, that was longer than a driver leaves.
    """

    probe: ProbeSpec
    conditions: tuple[AbortCondition, ...]
    tolerances: tuple[Expectation, ...]
    last: Reading | None = None
    last_known: Reading | None = None
    unknown: int = 0
    green: int = 0
    breaching: tuple[int, ...] = ()
    began: tuple[Reading | None, ...] = ()
    gap_ended_at: datetime | None = None
    silence: tuple[datetime, datetime] | None = None

    @property
    def tripped(self) -> AbortCondition | None:
        """The first abort condition whose streak is long enough."""
        return self.conditions[self._tripped] if self._tripped is not None else None

    @property
    def breach(self) -> tuple[Reading, int] | None:
        """The reading that the streak which tripped began with, and how many it is long."""
        if self._tripped is None or (first := self.began[self._tripped]) is None:
            return None
        return first, self.breaching[self._tripped]

    @property
    def _tripped(self) -> int | None:
        for index, (condition, streak) in enumerate(zip(self.conditions, self.breaching, strict=True)):
            if streak >= condition.consecutive:
                return index
        return None

    def blind_reason(self, now: datetime, since: datetime) -> str:
        """Why this probe sees no more, or "". `since` is when it should have begun to see.

        Beyond the budget counts both ways: too many unknown readings in a row, or no known one for as long
        as those would have taken. A probe that hangs gives no reading at all.
        """
        name, budget, limit = self.probe.name, self.probe.blind_budget, self.blind_limit
        if self.unknown > budget and self.last:
            return f"{name} has been unknown {self.unknown} times in a row: {self.last.unknown}"
        newest = max(since, self.last_known.at) if self.last_known else since
        if now - newest > limit:
            return f"{name} has not been known for {(now - newest).total_seconds():.1f} s"
        return ""

    @property
    def blind_limit(self) -> timedelta:
        """The longest time between two known readings that is within the budget."""
        return self.probe.blind_budget * self.probe.interval + self.pace

    @property
    def pace(self) -> timedelta:
        """The longest time between two readings, known or not, of a probe that somebody reads."""
        return self.probe.interval + self.probe.timeout + SLACK

    def fold(self, reading: Reading) -> Tally:
        is_late = self.last and reading.at - self.last.at > self.pace
        silence = (self.last.at, reading.at) if self.last and is_late else self.silence
        if reading.value is None:
            # An unknown reading neither continues nor clears a breach: nobody saw it end.
            return replace(self, last=reading, unknown=self.unknown + 1, green=0, silence=silence)
        value = reading.value
        breaching = tuple(
            streak + 1 if condition.comparison.is_true_of(value) else 0
            for condition, streak in zip(self.conditions, self.breaching, strict=True)
        )
        is_green = all(item.comparison.is_true_of(value) for item in self.tolerances)
        newest = self.last_known.at if self.last_known else reading.at
        gap_ended_at = reading.at if reading.at - newest > self.blind_limit else self.gap_ended_at
        began = tuple(
            (first if streak > 1 else reading) if streak else None
            for first, streak in zip(self.began, breaching, strict=True)
        )
        return replace(
            self,
            last=reading,
            last_known=reading,
            unknown=0,
            green=self.green + 1 if is_green else 0,
            breaching=breaching,
            began=began,
            gap_ended_at=gap_ended_at,
            silence=silence,
        )

    @property
    def is_steady(self) -> bool:
        return self.green >= GREEN_ENOUGH

    def is_steady_since(self, instant: datetime) -> bool:
        """Whether what is steady was measured after `instant`, and not only asked for."""
        known = self.last_known
        return bool(self.is_steady and known and known.asked_at > instant + self.lag)

    @property
    def lag(self) -> timedelta:
        """How old the sample may be that an answer rests on."""
        return self.probe.freshness.max_age if self.probe.freshness else timedelta(0)


SLACK = timedelta(seconds=1)
"""Scheduling and transport on a busy machine, on top of a probe's own interval and timeout."""

GREEN_ENOUGH = 3
"""Known readings in a row that make a steady state (security.md: green for 3 readings before injecting)."""


def empty_tally(spec: RunSpec, probe: ProbeSpec) -> Tally:
    conditions = tuple(item for item in spec.abort_conditions if item.probe == probe.name)
    tolerances = tuple(
        item for item in spec.expectations if item.probe == probe.name and item.kind in BASELINE_KINDS
    )
    none = (None,) * len(conditions)
    return Tally(probe, conditions, tolerances, breaching=(0,) * len(conditions), began=none)


def tallies_of(spec: RunSpec, readings: Iterable[Reading] = ()) -> dict[str, Tally]:
    """All tallies of a run, from nothing or from the readings another driver left behind."""
    tallies = {probe.name: empty_tally(spec, probe) for probe in spec.probes}
    for reading in readings:
        if reading.probe in tallies:
            tallies[reading.probe] = tallies[reading.probe].fold(reading)
    return tallies
