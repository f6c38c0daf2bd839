"""Durations as people write and read them."""

from __future__ import annotations

from datetime import timedelta


def format_duration(value: timedelta) -> str:
    """The shortest exact form: `90s`, `1500ms`, `5m`."""
    milliseconds = round(value / timedelta(milliseconds=1))
    if milliseconds % 1000:
        return f"{milliseconds}ms"
    seconds = milliseconds // 1000
    return f"{seconds // 60}m" if seconds and seconds % 60 == 0 else f"{seconds}s"
