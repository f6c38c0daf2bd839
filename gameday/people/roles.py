"""Roles, and the one table of who may do what. Pure: no database, no request."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class TeamRole(StrEnum):
    """What somebody is in a team, all year round."""

    MEMBER = "member"
    PLANNER = "planner"
    APPROVER = "approver"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class DayRole(StrEnum):
    """What somebody is on one game day; the plan says so."""

    FACILITATOR = "facilitator"
    RESPONDER = "responder"
    SCRIBE = "scribe"
    OBSERVER = "observer"


class Act(StrEnum):
    """Something a person does; the value completes the sentence "… may not …"."""

    PLAN = "write plans"
    APPROVE = "approve plans"
    CONDUCT = "conduct the day"
    ATTEST = "attest what was done by hand"
    NOTE = "write into the timeline"
    DEBRIEF = "write findings and action items"
    STOP = "stop and halt"
    RELEASE = "release a halt"
    STRIP = "take a finalizer off"
    REVIEW = "review what was done behind broken glass"
    AUDIT = "take out evidence"
    ADMINISTER = "register people and clusters"


_ON_THE_DAY = frozenset(DayRole)

PERMISSIONS: dict[Act, frozenset[TeamRole | DayRole]] = {
    Act.PLAN: frozenset({TeamRole.PLANNER}),
    Act.APPROVE: frozenset({TeamRole.APPROVER}),
    Act.CONDUCT: frozenset({DayRole.FACILITATOR}),
    Act.ATTEST: frozenset({DayRole.FACILITATOR, DayRole.RESPONDER}),
    Act.NOTE: _ON_THE_DAY,
    # Whoever was there has learned something; so has who planned it.
    Act.DEBRIEF: _ON_THE_DAY | {TeamRole.PLANNER},
    # Nobody who sees harm has to look for somebody with the right to stop it.
    Act.STOP: frozenset(TeamRole) | _ON_THE_DAY,
    # A halt holds every day on every cluster: no role of one day is enough to take it off.
    Act.RELEASE: frozenset({TeamRole.ADMINISTRATOR}),
    # It is done to a cluster, which many days share; and it is looked at by somebody who did not do it.
    Act.STRIP: frozenset({TeamRole.ADMINISTRATOR}),
    Act.REVIEW: frozenset({TeamRole.ADMINISTRATOR, TeamRole.AUDITOR}),
    Act.AUDIT: frozenset({TeamRole.AUDITOR, TeamRole.PLANNER, DayRole.FACILITATOR, DayRole.SCRIBE}),
    Act.ADMINISTER: frozenset({TeamRole.ADMINISTRATOR}),
}


def may(act: Act, roles: Iterable[TeamRole | DayRole]) -> bool:
    return not PERMISSIONS[act].isdisjoint(roles)


def who_may(act: Act) -> str:
    """The roles in words: `an approver`, `a facilitator or responder`."""
    *others, last = sorted(role.value for role in PERMISSIONS[act])
    roles = f"{', '.join(others)} or {last}" if others else last
    return f"{'an' if roles[0] in 'aeiou' else 'a'} {roles}"
