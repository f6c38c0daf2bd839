"""Scales and ticks of a chart: the same picture for the same readings, whoever draws it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

_TIME_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400)


@dataclass(frozen=True, slots=True)
class Scale:
    """From values `low..high` to pixels `start..end`."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """In pixels, one decimal; what lies outside is drawn at the edge."""
        part = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return round(self.start + part * (self.end - self.start), 1)


def nice_step(width: float, count: int) -> float:
    """The smallest of 1, 2, 2.5, 5 times a power of ten that needs at most `count` steps for `width`."""
    raw = width / count
    power = 10.0 ** math.floor(math.log10(raw))
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= raw * 0.999999)


def value_ticks(low: float, high: float, count: int = 4) -> tuple[float, ...]:
    """Round values that enclose `low..high`."""
    if high <= low:
        high = low + (abs(low) or 1.0)
    step = nice_step(high - low, count)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return tuple(round(index * step, 10) for index in range(first, last + 1))


def time_ticks(low: float, high: float, count: int = 8) -> tuple[int, ...]:
    """Round seconds within `low..high`, zero among them when it is inside."""
    step = next((item for item in _TIME_STEPS if (high - low) / item <= count), _TIME_STEPS[-1])
    return tuple(range(math.ceil(low / step) * step, math.floor(high) + 1, step))


def figure(value: float | None) -> str:
    """A value for people: no more digits than mean something."""
    if value is None:
        return "n/a"
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}".replace(",", "\u202f")
    return f"{value:.3g}"


def tick_label(value: float) -> str:
    """A value at an axis, where room is scarce: thousands as k, millions as M."""
    for size, name in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= size:
            return f"{value / (1e3 if name == 'k' else size):g}\u202f{name}"
    return figure(value)


def spread(places: Sequence[float], least: float) -> tuple[float, ...]:
    """Labels at these places, moved down as little as needed to stand `least` apart; order is kept."""
    result: list[float] = []
    for place in places:
        result.append(round(max(place, result[-1] + least) if result else place, 1))
    return tuple(result)
