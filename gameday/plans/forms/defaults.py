"""What new plans and new scenarios begin with: sensible, and never enough to be run by mistake."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from chaos.faults import example
from chaos.faults.base import Fault
from chaos.faults.catalogue import find
from gameday.plans.forms.rows import Flat
from gameday.plans.forms.scenario import PREFIX
from gameday.plans.forms.scenario import shape as shape_of
from gameday.plans.forms.shape import flatten

PROBE = "steady-state"
STAND_IN = {
    "key": "stand-in",
    "title": "Stand-in",
    "hypothesis": "None yet.",
    "faults": [{"fault": "manual", "duration": "60s", "parameters": example.parameters(find("manual"))}],
    "probes": [{"name": "p99", "kind": "prometheus", "query": "p99", "unit": "ms", "interval": "1s"}],
    "expectations": [{"probe": "p99", "holds": "< 1"}],
    "durations": {"baseline": "30s", "observe": "30s", "revert_within": "1m"},
    "rollback": "None yet.",
}
"""A scenario that compiles, with which the facts of a plan are checked before it has one of its own."""
_AHEAD, _HOUR, _LENGTH = timedelta(days=14), 9, timedelta(hours=3)


def window(now: datetime) -> dict[str, str]:
    """A morning in two weeks: time enough to ask, to tell and to approve."""
    day = (now + _AHEAD).replace(hour=_HOUR, minute=0, second=0, microsecond=0)
    while day.isoweekday() > 5:
        day += timedelta(days=1)
    return {"opens": _said(day), "closes": _said(day + _LENGTH)}


def shifted(window: Mapping[str, str], now: datetime) -> dict[str, str]:
    """The same hours of the same day of the week, at least a week from now."""
    opens, closes = (datetime.fromisoformat(window[key].upper()) for key in ("opens", "closes"))
    if opens > now:
        return dict(window)
    weeks = (now + timedelta(days=7) - opens) // timedelta(days=7) + 1
    return {key: _said(at + weeks * timedelta(days=7)) for key, at in (("opens", opens), ("closes", closes))}


def scenario(fault: Fault, taken: Collection[str] = ()) -> Flat:
    """The form of a new scenario with this fault; what only its author can know is left empty."""
    item = {
        "key": free(fault.name, taken),
        "title": fault.title,
        "faults": [{"fault": fault.name, "duration": "60s", **_targets(fault), **_parameters(fault)}],
        "probes": [
            {"name": PROBE, "kind": "prometheus", "interval": "1s", "timeout": "2s", "blind_budget": 3}
        ],
        "expectations": [{"probe": PROBE, "holds": "< "}],
        "durations": {"baseline": "30s", "observe": "2m", "revert_within": "5m"},
    }
    if fault.needs_targets:
        item["abort_conditions"] = [{"probe": PROBE, "when": "> ", "consecutive": 2}]
    return flatten(shape_of(fault, [PROBE]), item, PREFIX)


def _targets(fault: Fault) -> dict[str, Any]:
    return (
        {"targets": {"kind": fault.target_kinds[0], "labels": {}, "count": 1}} if fault.needs_targets else {}
    )


def _parameters(fault: Fault) -> dict[str, Any]:
    proven = any(item.name == "proven_by" for item in fault.parameters)
    return {"parameters": {"proven_by": PROBE}} if proven else {}


def free(name: str, taken: Collection[str]) -> str:
    """The name, with a number behind it where it is taken."""
    number = 2
    free = name
    while free in taken:
        free, number = f"{name}-{number}", number + 1
    return free


def _said(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
