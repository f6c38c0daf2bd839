"""Each probe as a chart: its limits, how far the newest reading is from them, and its readings as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chaos.domain.durations import say_duration
from chaos.domain.sight import Reading
from chaos.domain.spec import Comparison, Expectation, ExpectationKind, Op, ProbeSpec, RunSpec
from chaos.services import sample_queries
from gameday.conduct.live_room import Room
from gameday.conduct.live_status import fault_to
from gameday.conduct.live_words import figure, short_unit, with_unit

POINTS = 600
_ROWS = 20
_FALLING = (Op.BELOW, Op.AT_MOST)
_RISING = (Op.ABOVE, Op.AT_LEAST)


@dataclass(frozen=True, slots=True)
class Limit:
    """A line in the chart. `kind`: expected (true is good) or stop (true is harm)."""

    kind: str
    comparison: Comparison
    label: str
    words: str

    def is_good(self, value: float) -> bool:
        return self.comparison.is_true_of(value) is (self.kind == "expected")

    def margin(self, value: float, unit: str) -> str:
        """`180 ms below the limit`, `12 ms above the stop`: how far a value is from it, and on which side."""
        bound = float(self.comparison.bound)
        is_ordered = self.comparison.op in (*_FALLING, *_RISING)
        name = "the stop" if self.kind == "stop" else "the limit"
        if is_ordered and value != bound:
            side = "above" if value > bound else "below"
            return f"{with_unit(abs(value - bound), unit)} {side} {name}"
        if self.is_good(value) and self.kind == "stop":
            return "not at the stop"
        if is_ordered:
            return f"at {name}"
        if self.is_good(value):
            return "as expected"
        return f"{figure(value)} is {'' if value == bound else 'not '}{figure(bound)}"


@dataclass(frozen=True, slots=True)
class Probe:
    """`margins` go with `limits`: words, and whether it is good. `rows`: the last readings, newest first."""

    spec: ProbeSpec
    limits: tuple[Limit, ...]
    readings: tuple[Reading, ...]

    @property
    def last(self) -> Reading | None:
        return self.readings[-1] if self.readings else None

    @property
    def value(self) -> str:
        last = self.last
        if last is None:
            return "No reading yet"
        return "Unknown" if last.value is None else with_unit(last.value, self.spec.unit)

    @property
    def explains_unit(self) -> bool:
        return not short_unit(self.spec.unit)

    @property
    def margins(self) -> list[tuple[str, bool | None, Limit]]:
        value = self.last.value if self.last else None
        if value is None:
            return [("", None, limit) for limit in self.limits]
        return [(limit.margin(value, self.spec.unit), limit.is_good(value), limit) for limit in self.limits]

    @property
    def rows(self) -> Sequence[Reading]:
        return self.readings[: -_ROWS - 1 : -1]


def probes(room: Room) -> tuple[Probe, ...]:
    """Every probe of the run in focus; none for those who are not to know what is expected."""
    run = room.run
    if run is None or room.is_hidden:
        return ()
    found = sample_queries.thinned(run.run, POINTS)
    return tuple(Probe(spec, limits_of(run.spec, spec), found.get(spec.name, ())) for spec in run.spec.probes)


def limits_of(spec: RunSpec, probe: ProbeSpec) -> tuple[Limit, ...]:
    unit = short_unit(probe.unit)
    limits = [
        Limit("expected", item.comparison, f"expected {item.comparison}", _expected(item, unit))
        for item in spec.expectations
        if item.probe == probe.name
    ]
    for item in spec.abort_conditions:
        if item.probe == probe.name:
            times = f", {item.consecutive} times in a row" if item.consecutive > 1 else ""
            words = f"stops when {item.comparison} {unit}".strip() + times
            limits.append(Limit("stop", item.comparison, f"stops {item.comparison}", words))
    return tuple(limits)


def _expected(item: Expectation, unit: str) -> str:
    what = f"{item.comparison} {unit}".strip()
    within = say_duration(item.within or timedelta(0))
    return {
        ExpectationKind.HOLDS: f"expected {what} all through",
        ExpectationKind.RECOVERS_WITHIN: f"expected {what} again within {within}",
        ExpectationKind.HAPPENS_WITHIN: f"expected {what} within {within}",
    }[item.kind]


def data(room: Room, shown: Sequence[Probe]) -> Mapping[str, Any]:
    """What the chart script begins with. Instants are milliseconds since 1970."""
    run = room.run
    if run is None:
        return {"run": "", "now": _ms(room.now), "probes": []}
    return {
        "run": run.run,
        "now": _ms(room.now),
        "live": room.is_live,
        "from": _ms(run.launched_at),
        "until": None if room.is_live else _ms(run.state_since),
        "fault": [_ms(room.zero), _ms(fault_to(run) if room.zero else None)],
        "breach": _ms(run.marks.breach_at),
        "stop": _ms(run.stop.at if run.stop else None),
        "probes": [
            {
                "name": probe.spec.name,
                "unit": short_unit(probe.spec.unit),
                "interval": probe.spec.interval / timedelta(milliseconds=1),
                "limits": [
                    {
                        "kind": limit.kind,
                        "op": limit.comparison.op.value,
                        "bound": float(limit.comparison.bound),
                        "label": limit.label,
                    }
                    for limit in probe.limits
                ],
                "readings": [[_ms(item.at), item.value, item.unknown] for item in probe.readings],
            }
            for probe in shown
        ],
    }


def _ms(at: datetime | None) -> int | None:
    return None if at is None else round(at.timestamp() * 1000)
