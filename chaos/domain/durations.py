"""Durations as people write and read them."""

from __future__ import annotations

from datetime import timedelta

_MILLISECOND = timedelta(milliseconds=1)


def format_duration(value: timedelta) -> str:
    """The shortest exact form, as people say it: `90s`, `11.5s`, `5m`, `24h`; `300ms` below a second."""
    milliseconds = round(value / _MILLISECOND)
    if milliseconds % 1000:
        return f"{milliseconds / 1000:.3f}".rstrip("0") + "s" if milliseconds > 1000 else f"{milliseconds}ms"
    seconds = milliseconds // 1000
    for unit, size in (("h", 3600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def canonical_duration(value: timedelta) -> str:
    """The form of a parameter in a plan's digest: `1500ms`, `90s`, `60m`. It never changes, since approvals
    would be void."""
    milliseconds = round(value / _MILLISECOND)
    if milliseconds % 1000:
        return f"{milliseconds}ms"
    seconds = milliseconds // 1000
    return f"{seconds // 60}m" if seconds and seconds % 60 == 0 else f"{seconds}s"
