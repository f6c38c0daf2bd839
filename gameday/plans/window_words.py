"""A window as its author wrote it: on the clock of its own zone, which is then named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gameday.plans.spec import Window


@dataclass(frozen=True, slots=True)
class WindowWords:
    opens: str
    closes: str
    is_utc: bool
    is_open: bool
    is_over: bool

    @classmethod
    def of(cls, window: Window, now: datetime) -> WindowWords:
        is_utc = not window.opens.utcoffset() and not window.closes.utcoffset()
        closes = _said(window.closes)
        if window.opens.date() == window.closes.date() and window.opens.tzinfo == window.closes.tzinfo:
            closes = f"{window.closes:%H:%M} {_zone(window.closes)}"
        return cls(
            _said(window.opens), closes, is_utc, window.opens <= now < window.closes, now >= window.closes
        )


def _said(at: datetime) -> str:
    return f"{at:%a %d %b %Y %H:%M} {_zone(at)}"


def _zone(at: datetime) -> str:
    """`UTC`, `UTC+02:00`."""
    return f"UTC{at.isoformat()[-6:]}" if at.utcoffset() else "UTC"
