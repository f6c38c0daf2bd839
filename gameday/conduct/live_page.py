"""The control room as a page: the regions, the charts, the timeline, and what this person may do."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from chaos.journal.models import JournalEntry
from chaos.journal.timeline import newest, of_stream
from gameday.conduct import feed, live, live_charts, live_mine
from gameday.conduct.audience import is_organiser, readable
from gameday.conduct.live_room import Room, in_focus, room
from gameday.conduct.live_rows import row
from gameday.people.models import User
from gameday.plans.models import Plan
from gameday.plans.problems import PlanRefused

TIMELINE = 100
"""Entries of a day's timeline at once; earlier ones are a link away."""


def find(slug: str) -> Plan:
    found = Plan.objects.filter(slug=slug).select_related("team", "cluster").first()
    if found is None:
        raise Http404(slug)
    return found


def page(request: HttpRequest, plan: Plan, run: str = "", status: int = 200, **typed: Any) -> HttpResponse:
    """The day's page, or that of one run. `typed`: what a form that was refused held, and why it was."""
    user = me(request)
    organiser = is_organiser(user, plan)
    cursor = feed.here(plan.stream)  # before anything is read: what comes meanwhile is not missed
    try:
        here = room(plan, organiser, timezone.now(), run)
    except PlanRefused as refused:
        context = {"plan": plan, "lines": str(refused).splitlines()}
        return render(request, "conduct/not_read.html", context, status=409)
    is_current = not run or run == in_focus(here.lines.values())
    probes = live_charts.probes(here)
    context = {
        **live.parts(here),
        **timeline(request, here, run),
        "environment": here.spec.environment,
        "is_current": is_current,
        "is_run_page": bool(run),
        "cursor": str(cursor),
        "probes": probes,
        "charts": live_charts.data(here, probes),
        "mine": live_mine.mine(here, user, acts_of(request)) if is_current else None,
        "stop_run": here.run if here.is_live else None,
        "is_room": True,
        **typed,
    }
    return render(request, "conduct/room.html", context, status=status)


def mine(request: HttpRequest, plan: Plan, status: int = 200, **typed: Any) -> HttpResponse:
    """The personal part alone."""
    user = me(request)
    here = room(plan, is_organiser(user, plan), timezone.now())
    found = live_mine.mine(here, user, acts_of(request))
    context = {**live.parts(here), "mine": found, **typed}
    return render(request, "conduct/_mine.html", context, status=status)


def timeline(request: HttpRequest, here: Room, run: str) -> dict[str, Any]:
    """`rows` in order, and the `seq` before which there are `earlier` ones."""
    entries: list[JournalEntry]
    if run:
        entries, earlier = list(here.entries), None
    else:
        before = request.GET.get("before", "")
        found = of_stream(here.plan.stream, int(before) if before.isdecimal() else None)
        entries = newest(readable(found, here.plan.stream, here.organiser), TIMELINE)
        earlier = entries[0].seq if len(entries) == TIMELINE else None
    return {"rows": [row(entry) for entry in entries], "earlier": earlier, "is_past": "before" in request.GET}


def acts_of(request: HttpRequest) -> frozenset[str]:
    return frozenset(request.acts)  # type: ignore[attr-defined]


def me(request: HttpRequest) -> User:
    """Who asks."""
    assert isinstance(request.user, User)  # noqa: S101 - the table of permissions lets nobody else in
    return request.user
