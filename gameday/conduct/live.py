"""The parts of the live page that change, as HTML: the same for everybody of an audience."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone

from chaos.services.attest import Milestone
from gameday.conduct.live_alerts import alerts
from gameday.conduct.live_receipt import receipt
from gameday.conduct.live_room import Room, room
from gameday.conduct.live_sheet import sheet
from gameday.conduct.live_status import status
from gameday.conduct.live_targets import hits
from gameday.plans.problems import PlanRefused
from gameday.plans.services import plan as find_plan

REGIONS = ("status", "progress", "milestones", "targets", "alerts", "sheet", "veil")


@dataclass(frozen=True, slots=True)
class Reached:
    """A milestone of the run in focus; without an instant nobody has marked it yet."""

    name: str
    at: datetime | None
    by: str


def regions(plan_slug: str, is_organiser: bool) -> dict[str, str]:
    """By name the HTML of every region, for the organisers of a day or for everybody else.

    They are empty for a plan that this release does not accept. Raises Refused for an unknown plan.
    """
    plan = find_plan(plan_slug)
    try:
        context = parts(room(plan, is_organiser, timezone.now()))
    except PlanRefused:  # one such plan must not silence the stream of the others
        return dict.fromkeys(REGIONS, "")
    return {name: render_to_string(f"conduct/_{name}.html", context) for name in REGIONS}


def parts(here: Room) -> dict[str, Any]:
    """What the regions' templates are given."""
    reached = milestones(here)
    return {
        "room": here,
        "plan": here.plan,
        "run": here.run,
        "launched_by": here.name(here.run.launched_by) if here.run else "",
        "stopped_by": here.name(here.run.stop.by) if here.run and here.run.stop else "",
        "zero": here.zero,
        "status": status(here),
        "receipt": receipt(here),
        "hits": hits(here),
        "alerts": alerts(here),
        "sheet": sheet(here),
        "milestones": reached,
        "is_any_reached": any(item.at for item in reached),
    }


def milestones(here: Room) -> tuple[Reached, ...]:
    """All four, each with its first mark; empty before the first run."""
    if here.run is None:
        return ()
    first: dict[str, tuple[datetime, str]] = {}
    for entry in sorted(here.of("milestone"), key=lambda entry: entry.at):
        first.setdefault(entry.body.get("milestone", ""), (entry.at, entry.actor_name or entry.actor))
    return tuple(Reached(item.value, *first.get(item.value, (None, ""))) for item in Milestone)
