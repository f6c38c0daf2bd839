"""One chart a probe: readings as a line with gaps where nothing is known, bounds, the fault as a band.

Only geometry; `templates/debriefs/_chart.html` draws it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chaos.domain.sight import Reading
from chaos.domain.spec import Comparison
from gameday.debriefs.measures import clock
from gameday.debriefs.scales import Scale, figure, spread, tick_label, time_ticks, value_ticks

WIDTH, HEIGHT = 720, 220
LEFT, RIGHT, TOP, BOTTOM = 58, 560, 22, 178
_LABEL = 13.0
_FAR = 3.0
"""A bound further off than this many times the highest reading is named in words, not drawn."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A line to draw: `kind` is `tolerance` or `stop`."""

    kind: str
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class Span:
    """What a chart marks in time; each may be absent. `began` is T+00:00."""

    began: datetime | None = None
    ended: datetime | None = None
    stopped: datetime | None = None
    proven_gone: datetime | None = None


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A bound or an instant: where it stands, where its label stands, what it says."""

    kind: str
    at: float
    label_at: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """All in pixels of a WIDTH x HEIGHT drawing."""

    title: str
    description: str
    unit: str
    segments: tuple[str, ...]
    dots: tuple[tuple[float, float], ...]
    unknown: tuple[float, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    bounds: tuple[Line, ...]
    instants: tuple[Line, ...]
    band: tuple[float, float] | None
    far: tuple[str, ...]


def draw(
    name: str, unit: str, readings: Sequence[Reading], bounds: Sequence[Bound], marks: Span
) -> Chart | None:
    """The chart, or None when there is no reading at all."""
    if not readings:
        return None
    zero = marks.began or readings[0].at
    first, last = readings[0].at, max(readings[-1].at, readings[0].at + timedelta(seconds=1))
    x = Scale(_seconds(first, zero), _seconds(last, zero), LEFT, RIGHT)
    values = [reading.value for reading in readings if reading.value is not None]
    near = [bound for bound in bounds if _is_near(bound, bounds, values)]
    shown = [*values, *(float(bound.comparison.bound) for bound in near)] or [0.0, 1.0]
    ticks = value_ticks(_floor(shown), max(shown))
    y = Scale(ticks[0], ticks[-1], BOTTOM, TOP)
    segments, dots = _segments(readings, zero, x, y)
    band = None
    if marks.began:
        band = (x(0), x(_seconds(marks.ended or last, zero)))
    return Chart(
        title=f"{name}, {unit}" if unit else name,
        description=_described(name, unit, values, len(readings) - len(values)),
        unit=unit,
        segments=segments,
        dots=dots,
        unknown=tuple(sorted({x(_seconds(item.at, zero)) for item in readings if item.value is None})),
        x_ticks=tuple(
            Tick(x(tick), clock(zero + timedelta(seconds=tick), zero)) for tick in time_ticks(x.low, x.high)
        ),
        y_ticks=tuple(Tick(y(tick), tick_label(tick)) for tick in ticks),
        bounds=_bound_lines(near, unit, y),
        instants=_instant_lines(marks, zero, x),
        band=band,
        far=tuple(_words(bound, unit) for bound in bounds if bound not in near),
    )


def _seconds(at: datetime, zero: datetime) -> float:
    return (at - zero).total_seconds()


def _floor(values: Sequence[float]) -> float:
    """Zero is always shown. A little below it, compared with the height, is drawn on it."""
    lowest = min(0.0, *values)
    return lowest if -lowest > 0.02 * max(values) else 0.0


def _is_near(bound: Bound, bounds: Sequence[Bound], values: Sequence[float]) -> bool:
    """Tolerances are always drawn; a stop only where it does not flatten everything else."""
    if bound.kind == "tolerance":
        return True
    tolerances = [float(item.comparison.bound) for item in bounds if item.kind == "tolerance"]
    highest = max((abs(value) for value in [*values, *tolerances]), default=0.0)
    return abs(float(bound.comparison.bound)) <= _FAR * highest


def _words(bound: Bound, unit: str) -> str:
    what = "expected" if bound.kind == "tolerance" else "stops when"
    return f"{what} {bound.comparison} {unit}".rstrip()


def _described(name: str, unit: str, values: Sequence[float], unknown: int) -> str:
    if not values:
        return f"{name}: none of {unknown} readings is known."
    low, high = figure(min(values)), figure(max(values))
    return f"{name}: {len(values)} readings from {low} to {high} {unit}, {unknown} unknown."


def _segments(
    readings: Sequence[Reading], zero: datetime, x: Scale, y: Scale
) -> tuple[tuple[str, ...], tuple[tuple[float, float], ...]]:
    """Polylines between unknown readings, at most four points a pixel column; lone readings as dots."""
    segments: list[str] = []
    dots: list[tuple[float, float]] = []
    piece: list[tuple[float, float]] = []
    for reading in (*readings, None):
        if reading is not None and reading.value is not None:
            piece.append((x(_seconds(reading.at, zero)), y(reading.value)))
            continue
        if len(piece) == 1:
            dots.append(piece[0])
        elif piece:
            segments.append(" ".join(f"{across},{down}" for across, down in _thinned(piece)))
        piece = []
    return tuple(segments), tuple(dots)


def _thinned(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """First, lowest, highest and last of each pixel column: nothing that one could see is lost."""
    columns: dict[int, list[tuple[float, float]]] = {}
    for point in points:
        columns.setdefault(int(point[0]), []).append(point)
    kept = []
    for column in columns.values():
        down = [point[1] for point in column]
        chosen = {0, down.index(min(down)), down.index(max(down)), len(column) - 1}
        kept += [column[index] for index in sorted(chosen)]
    return kept


def _bound_lines(bounds: Sequence[Bound], unit: str, y: Scale) -> tuple[Line, ...]:
    ranked = sorted(bounds, key=lambda bound: -bound.comparison.bound)
    at = [y(float(bound.comparison.bound)) for bound in ranked]
    labels = spread([place + 4 for place in at], _LABEL)
    return tuple(
        Line(bound.kind, place, label, _words(bound, unit))
        for bound, place, label in zip(ranked, at, labels, strict=True)
    )


def _instant_lines(marks: Span, zero: datetime, x: Scale) -> tuple[Line, ...]:
    found = [("stopped", marks.stopped), ("proven gone", marks.proven_gone)]
    return tuple(
        Line(kind.replace(" ", "-"), x(_seconds(at, zero)), TOP - 10.0, kind) for kind, at in found if at
    )
