"""What a day's readings say, computed: figures by phase, and the time to recover."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest

from chaos.domain.rungs import Rung
from chaos.domain.sight import Reading
from chaos.domain.spec import Comparison, ExpectationKind, RunSpec

_STEADY = (ExpectationKind.HOLDS, ExpectationKind.RECOVERS_WITHIN)
NEVER_LEFT = "never left its tolerance"


def clock(at: datetime, zero: datetime | None, tenths: bool = False) -> str:
    """`T+mm:ss` from `zero`, `T-mm:ss` before it; empty without a zero."""
    if zero is None:
        return ""
    seconds = (at - zero).total_seconds()
    size = round(abs(seconds), 1) if tenths else float(int(abs(seconds)))
    minutes, rest = divmod(size, 60)
    text = f"{rest:04.1f}" if tenths else f"{int(rest):02d}"
    return f"T{'-' if seconds < 0 and size else '+'}{int(minutes):02d}:{text}"


def span(length: timedelta, tenths: bool = False) -> str:
    """A length of time for people: `0.3 s`, `42 s` (or `42.0 s`), `1 min 05 s`, `2 h 03 min`."""
    seconds = length.total_seconds()
    if seconds < (59.95 if tenths else 9.95):
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


@dataclass(frozen=True, slots=True)
class PhaseFigures:
    """One probe in one phase; the figures are None where nothing is known. `outside`: out of tolerance."""

    phase: str
    known: int
    unknown: int
    lowest: float | None
    median: float | None
    highest: float | None
    outside: int


def phase_figures(
    readings: Sequence[Reading],
    tolerances: Sequence[Comparison],
    began: datetime | None,
    ended: datetime | None,
) -> tuple[PhaseFigures, ...]:
    """Before, during and after the fault, `began` to `ended`; all is "before" when nothing was injected."""
    parts: dict[str, list[Reading]] = {"Before the fault": [], "During the fault": [], "After the fault": []}
    before, during, after = parts.values()
    for reading in readings:
        if began is None or reading.at < began:
            before.append(reading)
        elif ended is None or reading.at <= ended:
            during.append(reading)
        else:
            after.append(reading)
    return tuple(_figures(phase, part, tolerances) for phase, part in parts.items() if part)


def _figures(phase: str, readings: Sequence[Reading], tolerances: Sequence[Comparison]) -> PhaseFigures:
    values = [reading.value for reading in readings if reading.value is not None]
    outside = sum(not all(bound.is_true_of(value) for bound in tolerances) for value in values)
    return PhaseFigures(
        phase,
        len(values),
        len(readings) - len(values),
        min(values, default=None),
        statistics.median(values) if values else None,
        max(values, default=None),
        outside,
    )


def tolerances_of(spec: RunSpec, probe: str) -> tuple[Comparison, ...]:
    """What the steady state means for one probe."""
    return tuple(
        item.comparison for item in spec.expectations if item.probe == probe and item.kind in _STEADY
    )


@dataclass(frozen=True, slots=True)
class Recovery:
    """`took` counts from the injection until the last probe was back for good; None with the reason."""

    took: timedelta | None
    sentence: str


def recovery(spec: RunSpec, readings: Mapping[str, Sequence[Reading]], rungs: Sequence[Rung]) -> Recovery:
    """How long until every steady-state probe was back in tolerance and stayed there. On a ladder that is
    counted on each rung from its own injection, and the slowest one is told."""
    if not rungs:
        return Recovery(None, "nothing was injected")
    found = [
        (rung, _recovery(spec, readings, rung.injected_at, following.asked_at if following else None))
        for rung, following in zip_longest(rungs, rungs[1:])
    ]
    if len(spec.fault.rungs) == 1:
        return found[0][1]
    unknown = [(rung, item) for rung, item in found if item.took is None and item.sentence != NEVER_LEFT]
    if unknown:
        rung, item = unknown[0]
        return Recovery(None, f"on rung {rung.number} {item.sentence}")
    timed = [(item.took, rung) for rung, item in found if item.took is not None]
    if not timed:
        return Recovery(None, NEVER_LEFT)
    took, rung = max(timed, key=lambda pair: pair[0])
    slowest = "at the slowest " if len(found) > 1 else ""
    return Recovery(took, f"{slowest}{span(took)}, on rung {rung.number}")


def _recovery(
    spec: RunSpec, readings: Mapping[str, Sequence[Reading]], since: datetime, until: datetime | None
) -> Recovery:
    latest: datetime | None = None
    for probe in spec.probes:
        bounds = tolerances_of(spec, probe.name)
        known = [
            (item.at, item.value)
            for item in readings.get(probe.name, ())
            if item.value is not None and item.at >= since and (until is None or item.at <= until)
        ]
        outside = [at for at, value in known if not all(bound.is_true_of(value) for bound in bounds)]
        if not bounds or not outside:
            if bounds and not known:
                return Recovery(None, f"not known: {probe.name} was not seen after the injection")
            continue
        back = next((at for at, _ in known if at > outside[-1]), None)
        if back is None:
            return Recovery(None, f"not seen: {probe.name} was last out of tolerance")
        latest = max(latest, back) if latest else back
    if latest is None:
        return Recovery(None, NEVER_LEFT)
    return Recovery(latest - since, span(latest - since))
