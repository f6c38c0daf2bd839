"""How the live page says times and figures. Its scripts say them the same way."""

from __future__ import annotations

from datetime import datetime, timedelta


def t_plus(at: datetime, zero: datetime) -> str:
    """`T+00:42` from `zero`, `T-00:05` before it (with a minus sign); hours only where there are some."""
    seconds = int(abs((at - zero).total_seconds()))
    sign = "\u2212" if at < zero and seconds else "+"
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    clock = f"{minutes:02d}:{left:02d}"
    return f"T{sign}{hours}:{clock}" if hours else f"T{sign}{clock}"


def took(length: timedelta) -> str:
    """`+0.3 s`, `+4 min 05 s`: how long after the first step."""
    seconds = max(0.0, length.total_seconds())
    if seconds < 60:
        return f"+{seconds:.1f} s"
    minutes, left = divmod(round(seconds), 60)
    return f"+{minutes} min {left:02d} s"


def figure(value: float) -> str:
    """Three digits that count, never an exponent: `0.0412`, `62.3`, `1,204`."""
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    decimals = 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 4
    text = f"{value:.{decimals}f}".rstrip("0").rstrip(".")
    return text if text not in ("0", "-0") else f"{value:.1g}"


def short_unit(unit: str) -> str:
    """The unit where it is one; some say what the figures stand for, which is said once, beside the name."""
    return unit if len(unit) <= 12 and "," not in unit else ""


def with_unit(value: float, unit: str) -> str:
    return f"{figure(value)} {short_unit(unit)}".strip()
