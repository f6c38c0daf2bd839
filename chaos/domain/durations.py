"""Durations as people write and read them."""

from __future__ import annotations

from datetime import timedelta

_MILLISECOND = timedelta(milliseconds=1)


def format_duration(value: timedelta) -> str:
    """The shortest exact form, as plans write it: `90s`, `11.5s`, `5m`, `24h`; `300ms` below a second."""
    milliseconds = round(value / _MILLISECOND)
    if milliseconds % 1000:
        return f"{milliseconds / 1000:.3f}".rstrip("0") + "s" if milliseconds > 1000 else f"{milliseconds}ms"
    seconds = milliseconds // 1000
    for unit, size in (("h", 3600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def say_duration(value: timedelta) -> str:
    """The same in a sentence: `90 s`, `11.5 s`, `5 min`, `24 h`, `300 ms`."""
    written = format_duration(value)
    figure = written.rstrip("hms")
    unit = written.removeprefix(figure)
    return f"{figure} {'min' if unit == 'm' else unit}"


def canonical_duration(value: timedelta) -> str:
    """The form of a parameter in a plan's digest: `1500ms`, `90s`, `60m`. It never changes, since approvals
    would be void."""
    milliseconds = round(value / _MILLISECOND)
    if milliseconds % 1000:
        return f"{milliseconds}ms"
    seconds = milliseconds // 1000
    return f"{seconds // 60}m" if seconds and seconds % 60 == 0 else f"{seconds}s"
