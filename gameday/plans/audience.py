"""Who organises a day, and so knows beforehand what is going to happen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.contrib.auth.models import AnonymousUser

from chaos.journal import slug_of
from chaos.services import queries
from chaos.services.queries import LiveRun
from gameday.people.models import Membership, User
from gameday.people.roles import DayRole, TeamRole
from gameday.people.services import roles_in
from gameday.plans.models import Plan
from gameday.plans.spec import PlanSpec

ORGANISERS: frozenset[TeamRole | DayRole] = frozenset(
    {
        TeamRole.PLANNER,
        TeamRole.APPROVER,
        TeamRole.AUDITOR,
        TeamRole.ADMINISTRATOR,
        DayRole.FACILITATOR,
        DayRole.SCRIBE,
    }
)
"""Everybody else is to meet the day as they would meet the incident: unprepared."""

NOT_ANNOUNCED = "A scenario that is not announced"
"""What everybody else reads in the place of a title."""


def is_organiser(user: User | AnonymousUser, plan: Plan) -> bool:
    """By their roles in the plan's team and on its day. One query, and none for a facilitator or a scribe."""
    if not isinstance(user, User):
        return False
    day: frozenset[TeamRole | DayRole] = frozenset(plan.day_roles(user.username))
    return not ORGANISERS.isdisjoint(day) or not ORGANISERS.isdisjoint(roles_in(user, plan.team))


def hidden(user: User | AnonymousUser, plan: Plan, spec: PlanSpec) -> frozenset[str]:
    """The keys of the scenarios that somebody may not read yet: those that the organisers keep to themselves,
    until their run has ended."""
    kept = frozenset(item.key for item in spec.scenarios if item.audience == "organisers")
    if not kept or is_organiser(user, plan):
        return frozenset()
    newest = queries.newest_of_each(plan.stream)
    return frozenset(key for key in kept if key not in newest or not newest[key].state.is_final)


def kept_live(user: User, live: Sequence[LiveRun]) -> frozenset[str]:
    """Those of these live runs that `user` may not know the scenario of: `hidden`, for many plans at once.

    Two queries, however many runs; one where nothing is kept.
    """
    plans = {
        plan.stream: plan for plan in Plan.objects.filter(slug__in={slug_of(run.stream) for run in live})
    }
    kept = [run for run in live if run.stream in plans and run.scenario in plans[run.stream].kept]
    if not kept:
        return frozenset()
    theirs = organised(user, plans.values())
    return frozenset(run.run for run in kept if plans[run.stream].pk not in theirs)


def organised(user: User, plans: Iterable[Plan]) -> frozenset[int]:
    """Those of these plans, by key, that `user` organises: `is_organiser` for many at once. One query."""
    inside = [role.value for role in ORGANISERS if isinstance(role, TeamRole)]
    teams = set(Membership.objects.filter(user=user, role__in=inside).values_list("team", flat=True))
    return frozenset(
        plan.pk
        for plan in plans
        if plan.team_id in teams or not ORGANISERS.isdisjoint(plan.day_roles(user.username))
    )
