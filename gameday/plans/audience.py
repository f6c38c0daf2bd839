"""Who organises a day, and so knows beforehand what is going to happen."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser

from gameday.people.models import User
from gameday.people.roles import DayRole, TeamRole
from gameday.people.services import roles_in
from gameday.plans.models import Plan

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
