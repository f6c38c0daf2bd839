"""Who organises a day, and so knows beforehand what is going to happen."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser

from chaos.services import queries
from gameday.people.models import User
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
