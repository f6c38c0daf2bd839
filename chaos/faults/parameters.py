"""Reading a fault's parameters: every wrong one is refused with a sentence, never turned into a 0."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

from chaos.domain.durations import format_duration
from chaos.domain.errors import Refused

_UNITS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000}
MILLISECOND, SECOND = timedelta(milliseconds=1), timedelta(seconds=1)
_WHOLE = {MILLISECOND: "milliseconds", SECOND: "seconds"}
_DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)(ms|s|m|h)", re.ASCII)


def duration(
    text: object, field: str, least: timedelta, most: timedelta, unit: timedelta = MILLISECOND
) -> timedelta:
    """`30s`, `500ms`, `5m`; a bare number is refused, since nobody can see its unit. So is what is no whole
    number of `unit`, a millisecond or a second: nothing is rounded."""
    match = _DURATION.fullmatch(text) if isinstance(text, str) else None
    if not match:
        raise Refused(f"{text!r} is not a duration; write a number with ms, s, m or h, like 30s.", field)
    exact = Decimal(match[1]) * _UNITS[match[2]]
    value = timedelta(milliseconds=int(exact))
    if not least <= value <= most:
        raise Refused(f"{text} is outside {format_duration(least)} to {format_duration(most)}.", field)
    if exact % int(unit / MILLISECOND):
        raise Refused(f"{text} is not a whole number of {_WHOLE[unit]}.", field)
    return value


def flag(value: object, field: str) -> bool:
    """true or false, as YAML has them or as canonical text."""
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise Refused(f"{value!r} is neither true nor false.", field)


def text(value: object, field: str, most: int = 2000) -> str:
    """Words for people; they never reach a shell, a query or a manifest."""
    if not isinstance(value, str) or not value.strip():
        raise Refused("A few words are needed here.", field)
    if len(value) > most:
        raise Refused(f"This text is longer than {most} characters.", field)
    return value.strip()


def exactly_one_of(fault: str, found: dict[str, str], one: str, other: str) -> dict[str, str]:
    """`found`, if just one of the two was given. Raises Refused."""
    if (one in found) == (other in found):
        raise Refused(f"{fault} takes either {one} or {other}: give exactly one of them.", one)
    return found
