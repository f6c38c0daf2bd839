"""Many plans on one page: those whose window is still to come or open first, the next one on top."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.core.paginator import Page, Paginator
from django.db.models import Case, DateTimeField, F, QuerySet, TextField, Value, When
from django.db.models.functions import Cast

from chaos.journal import plan_stream
from chaos.services import queries
from gameday.plans.models import DOCUMENT_TEXT, Plan
from gameday.plans.standing import Standing, Standings

A_PAGE = 25
CLOSED = "closed"
STATUSES = (
    ("waiting", "Waits for approval"),
    ("untold", "Approved, not yet acknowledged"),
    ("rejected", "Rejected"),
    ("ready", "Ready"),
    (CLOSED, "Window closed"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """`status` is `mended` for a plan that this release does not accept as it stands."""

    plan: Plan
    status: str
    missing: Sequence[str]
    is_live: bool

    @property
    def scenarios(self) -> int:
        return len(json.loads(getattr(self.plan, DOCUMENT_TEXT))["scenarios"])


def page(standings: Standings, team: str, status: str, number: str, now: datetime) -> Page[Line]:
    """One page of the plans of `team` with `status`; either may be empty for all. A number that is none is
    taken for the nearest one."""
    plans = _ordered(now)
    if team:
        plans = plans.filter(team__name=team)
    if status == CLOSED:
        plans = plans.filter(closes_at__lte=now)
    elif status:
        return _by_standing(plans.filter(closes_at__gt=now), standings, status, number, now)
    found = Paginator(plans, A_PAGE).get_page(number)
    return Page(_lines(list(found.object_list), standings, now), found.number, cast(Any, found.paginator))


def _by_standing(
    plans: QuerySet[Plan], standings: Standings, status: str, number: str, now: datetime
) -> Page[Line]:
    lines = [line for line in _lines(list(plans), standings, now) if line.status == status]
    return Paginator(lines, A_PAGE).get_page(number)


def _ordered(now: datetime) -> QuerySet[Plan]:
    is_over = Case(When(closes_at__lte=now, then=Value(1)), default=Value(0))
    opens = Case(When(closes_at__gt=now, then=F("opens_at")), output_field=DateTimeField())
    rows = Plan.objects.select_related("team", "cluster", "last_editor").defer("document")
    rows = rows.annotate(**{DOCUMENT_TEXT: Cast("document", TextField())})
    return rows.order_by(is_over, opens, "-closes_at", "slug")


def _lines(plans: list[Plan], standings: Standings, now: datetime) -> list[Line]:
    # Where a closed window settles it, nothing more is asked; that leaves most plans of an old house out.
    standing = standings([plan for plan in plans if plan.closes_at > now], now)
    live = {run.stream for run in queries.live_runs()}
    return [_line(plan, standing.get(plan.slug), plan_stream(plan.slug) in live, now) for plan in plans]


def _line(plan: Plan, standing: Standing | None, is_live: bool, now: datetime) -> Line:
    if plan.closes_at <= now:
        return Line(plan, CLOSED, (), is_live)
    if standing is None:
        return Line(plan, "mended", ("This release does not accept it as it stands; edit it.",), is_live)
    return Line(plan, standing.status, standing.missing, is_live)
