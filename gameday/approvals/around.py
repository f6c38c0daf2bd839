"""What decides where plans stand besides their own text, for many plans in as many queries as for one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gameday.approvals import policy
from gameday.approvals.models import Acknowledgement, Approval
from gameday.approvals.policy import Asked, Decision, Given
from gameday.people.models import Membership, User
from gameday.people.roles import PERMISSIONS, Act
from gameday.plans.models import Plan
from gameday.plans.spec import PlanSpec


@dataclass(frozen=True, slots=True)
class Around:
    """`decisions`, `writers` (usernames) and `told` (digest and party) by plan; `approvers` (ids) by team."""

    decisions: Mapping[int, Sequence[Approval]]
    told: Mapping[int, Set[tuple[str, str]]]
    writers: Mapping[int, Set[str]]
    approvers: Mapping[int, Set[int]]

    @classmethod
    def of(cls, plans: Sequence[Plan]) -> Around:
        keys = [plan.pk for plan in plans]
        decisions, told = defaultdict(list), defaultdict(set)
        writers, approvers = defaultdict(set), defaultdict(set)
        for row in Approval.objects.filter(plan__in=keys).select_related("approver"):
            decisions[row.plan_id].append(row)
        told_rows = Acknowledgement.objects.filter(plan__in=keys).values_list("plan", "digest", "party")
        for plan, digest, party in told_rows:
            told[plan].add((digest, party))
        written = Plan.writers.through.objects.filter(plan__in=keys)
        for plan, name in written.values_list("plan", "user__username"):
            writers[plan].add(name)
        roles = [role.value for role in PERMISSIONS[Act.APPROVE]]
        may = Membership.objects.filter(
            team__in={plan.team_id for plan in plans}, role__in=roles, user__is_active=True
        )
        for team, user in may.values_list("team", "user"):
            approvers[team].add(user)
        return cls(decisions, told, writers, approvers)

    def asked(self, plan: Plan, spec: PlanSpec) -> Asked:
        digest, told = spec.digest, self.told.get(plan.pk, set())
        return Asked(
            digest=digest,
            cluster_uid=plan.cluster.uid,
            environment=plan.cluster.environment,
            writers=frozenset(self.writers.get(plan.pk, ())),
            facilitators=frozenset(spec.facilitators),
            opens=spec.window.opens,
            closes=spec.window.closes,
            untold=tuple(party.name for party in spec.must_be_told if (digest, party.name) not in told),
        )

    def given(self, row: Approval, plan: Plan) -> Given:
        return Given(
            approver=row.approver.username,
            name=row.approver_name,
            decision=Decision(row.decision),
            digest=row.digest,
            cluster_uid=row.cluster_uid,
            policy_version=row.policy_version,
            expires_at=row.expires_at,
            is_approver=self._is_approver(row.approver, plan),
            comment=row.comment,
        )

    def why_not_approve(self, plan: Plan, asked: Asked, user: Any, now: datetime) -> list[str]:
        """Why this person may not approve; empty when they may."""
        is_approver = self._is_approver(user, plan)
        return policy.why_not_approve(asked, user.username, user.name, is_approver, now)

    def _is_approver(self, user: User, plan: Plan) -> bool:
        return user.pk in self.approvers.get(plan.team_id, ())
