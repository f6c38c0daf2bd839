"""What the frame of every page shows: what is live, what is stranded, and whether everything is halted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from django.db import Error
from django.http import HttpRequest
from django.utils import timezone

from chaos.journal import slug_of
from chaos.services import queries
from chaos.services.queries import Held, LiveRun
from gameday.home.stranded import stranded_of
from gameday.people.models import User
from gameday.people.requests import user_of
from gameday.plans.audience import NOT_ANNOUNCED, kept_live


def frame(request: HttpRequest) -> dict[str, Any]:
    """For who is signed in: `frame.live` (runs under way), `frame.halts`, `frame.blind` (no database).

    `frame.stranded`: the runs whose faults cannot be proven gone. `frame.told` has the runs with what this
    person may know of each; looked up where a page asks for it.
    """
    if not getattr(getattr(request, "user", None), "is_authenticated", False):
        return {}
    try:
        user, found, halts = user_of(request), queries.open_runs(), _named(queries.halts())
        live = [item for item in found if not item.is_late]
        stranded = stranded_of(user, found, timezone.now())
    except Error:  # a page that says so is better than none
        return {"frame": {"live": [], "told": [], "halts": [], "stranded": [], "blind": True}}
    return {
        "frame": {
            "live": live,
            "told": partial(_told, user, live),
            "halts": halts,
            "stranded": stranded,
            "blind": False,
        }
    }


def _named(halts: Sequence[Held]) -> list[Held]:
    """With the names of those who halted; one query while anything is halted, and none else."""
    if not halts:
        return []
    found = User.objects.filter(username__in={item.by for item in halts})
    names = dict(found.values_list("username", "name"))
    return [replace(item, by=names.get(item.by) or item.by) for item in halts]


def _told(user: User, live: Sequence[LiveRun]) -> list[dict[str, Any]]:
    """The scenarios that organisers keep to themselves have no title for anybody else."""
    kept = kept_live(user, live) if live else frozenset()
    return [
        {
            "plan": slug_of(item.stream),
            "title": NOT_ANNOUNCED if item.run in kept else item.title,
            "state": item.state,
            "environment": item.environment,
        }
        for item in live
    ]
