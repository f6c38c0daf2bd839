"""How the control room writes lines of the timeline and times from the injection."""

from __future__ import annotations

from datetime import datetime

from django import template

from gameday.conduct.live_words import figure, t_plus
from gameday.web import marks
from gameday.web.marks import Mark

register = template.Library()

_PEOPLE = ("note", "milestone", "run.word")


@register.filter
def entry_mark(kind: str) -> Mark:
    return marks.of_entry(kind)


@register.filter
def entry_group(kind: str) -> str:
    """Which chip of the timeline's filter shows it: people, alerts, run or plan."""
    if kind in _PEOPLE:
        return "people"
    family = kind.partition(".")[0]
    return {"alert": "alerts", "run": "run", "injection": "run", "halt": "run"}.get(family, "plan")


@register.filter
def since(at: datetime | None, zero: datetime | None) -> str:
    """`T+00:42`; empty while either is not known."""
    return t_plus(at, zero) if at and zero else ""


@register.filter
def measured(value: float | None) -> str:
    return "unknown" if value is None else figure(value)
