"""Approving, rejecting, acknowledging; and what is still missing before a launch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from chaos.domain.errors import Refused
from chaos.journal.record import append
from gameday.approvals import policy
from gameday.approvals.around import Around
from gameday.approvals.models import Acknowledgement, Approval
from gameday.approvals.policy import Asked, Decision, Given
from gameday.people.models import User
from gameday.plans.models import Plan
from gameday.plans.preview import Look, ceilings, preview
from gameday.plans.problems import PlanRefused
from gameday.plans.services import plan as find_plan
from gameday.plans.spec import Party, PlanSpec


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a plan stands. It may be launched when nothing is missing.

    `ceilings` are the most pods each scenario may touch: the least that any counted approver was shown.
    `approvals` count; `decisions` are all on record, those of earlier versions too. `around` is what it was
    judged by.
    """

    plan: Plan
    spec: PlanSpec
    around: Around
    asked: Asked
    approvals: tuple[Given, ...]
    decisions: tuple[Approval, ...]
    missing: tuple[str, ...]
    ceilings: Mapping[str, int]
    now: datetime

    @property
    def reason(self) -> str:
        """Why nothing may be launched, or ""."""
        return " ".join(self.missing)

    @property
    def status(self) -> str:
        """`ready` (also before its window opens), `rejected`, `closed` (its window), `untold` when it is
        approved and only waits for who must be told, or `waiting` for approvals."""
        if self.now >= self.asked.closes:
            return "closed"
        missing = set(self.missing) - set(policy.window_missing(self.asked, self.now))
        if not missing:
            return "ready"
        if not missing - set(policy.told_missing(self.asked)):
            return "untold"
        here = [row for row in self.decisions if row.digest == self.asked.digest]
        return "rejected" if any(row.decision == Decision.REJECTED.value for row in here) else "waiting"


def standing(slug: str, now: datetime) -> Standing:
    """Everything is looked up afresh: roles, cluster, digest. Raises Refused for an unknown plan."""
    plan = find_plan(slug)
    plan.compiled()
    return standings([plan], now)[slug]


def standings(plans: Sequence[Plan], now: datetime) -> dict[str, Standing]:
    """Where each of these plans stands, by slug, in as many queries as one takes.

    `plans` come with their team and cluster. One whose document this release does not accept is left out.
    """
    around = Around.of(plans)
    found = {}
    for plan in plans:
        try:
            found[plan.slug] = _standing(plan, plan.compiled(), around, now)
        except PlanRefused:
            continue
    return found


def _standing(plan: Plan, spec: PlanSpec, around: Around, now: datetime) -> Standing:
    asked, rows = around.asked(plan, spec), around.decisions[plan.pk]
    given = [around.given(row, plan) for row in rows]
    counted = policy.standing(asked, given, now)
    names = {item.approver for item in counted}
    shown = [row.ceilings for row in rows if row.digest == asked.digest and row.approver.username in names]
    return Standing(
        plan=plan,
        spec=spec,
        around=around,
        asked=asked,
        approvals=tuple(counted),
        decisions=tuple(rows),
        missing=tuple(policy.missing(asked, given, now)),
        ceilings={key: min(item[key] for item in shown) for key in (shown[0] if shown else ())},
        now=now,
    )


def approve(
    slug: str, by: User, comment: str, now: datetime, digest: str = "", look: Look = preview
) -> Approval:
    """Approve exactly what is stored, after a look at what it would hit.

    `digest`, where given, is what the approver has seen. Raises Refused, or Transient when the cluster
    cannot be looked at.
    """
    return _decide(slug, by, Decision.APPROVED, comment, now, digest, look)


def reject(slug: str, by: User, comment: str, now: datetime, digest: str = "") -> Approval:
    """Reject exactly what is stored; nothing of it is launched until it is changed. Raises Refused."""
    if not comment.strip():
        raise Refused("A rejection needs a reason.", "comment")
    return _decide(slug, by, Decision.REJECTED, comment, now, digest, look=lambda spec: {})


def acknowledge(slug: str, party: str, by: User, now: datetime) -> Acknowledgement:
    """Say for a party that they know; once for each version that voids approvals. Raises Refused."""
    with transaction.atomic():
        plan = _locked(slug)
        spec = plan.compiled()
        found = _party(spec, party)
        if by.username not in found.acknowledged_by:
            names = ", ".join(found.acknowledged_by)
            raise Refused(f"{by} may not acknowledge for {party}; that takes one of: {names}.", "user")
        row, is_new = Acknowledgement.objects.get_or_create(
            plan=plan, digest=spec.digest, party=party, defaults={"by": by, "by_name": by.name, "at": now}
        )
        if is_new:
            body = {"party": party, "digest": spec.digest}
            _record(plan, "plan.acknowledged", f"{by} acknowledged for {party}.", by, now, body)
    return row


def _decide(
    slug: str, by: User, decision: Decision, comment: str, now: datetime, digest: str, look: Look
) -> Approval:
    seen = find_plan(slug).compiled()
    shown = ceilings(look(seen))
    with transaction.atomic():
        plan = _locked(slug)
        spec = plan.compiled()
        if spec.digest != seen.digest or digest not in ("", spec.digest):
            raise Refused(
                f"{plan} has changed since you looked; it is {spec.digest} now. Look again.", "digest"
            )
        around = Around.of([plan])
        asked = around.asked(plan, spec)
        reasons = around.why_not_approve(plan, asked, by, now)
        if reasons:
            raise Refused(" ".join(reasons), "user")
        facts = {
            "plan": plan,
            "cluster_uid": asked.cluster_uid,
            "policy_version": policy.POLICY_VERSION,
            "decision": decision.value,
            "approver_name": by.name,
            "comment": comment.strip(),
            "ceilings": shown,
            "at": now,
            "expires_at": now + policy.tier(asked.environment).lasts,
        }
        row, _ = Approval.objects.update_or_create(approver=by, digest=spec.digest, defaults=facts)
        _record_decision(plan, row, by, now)
    return row


def _record_decision(plan: Plan, row: Approval, by: User, now: datetime) -> None:
    text = f"{by} {row.decision} version {plan.version} of {plan}" + (
        f": {row.comment}" if row.comment else "."
    )
    body = {
        "digest": row.digest,
        "cluster_uid": row.cluster_uid,
        "policy_version": row.policy_version,
        "ceilings": row.ceilings,
        "expires_at": row.expires_at,
    }
    _record(plan, f"plan.{row.decision}", text, by, now, body)


def _record(plan: Plan, kind: str, text: str, by: User, now: datetime, body: Mapping[str, object]) -> None:
    append(plan.stream, kind, text, at=now, actor=by.username, actor_name=by.name,
           audience="organisers", body=body)  # fmt: skip


def _locked(slug: str) -> Plan:
    """The plan with its row locked, so that no edit slips in between."""
    find_plan(slug)
    return Plan.objects.select_for_update().get(slug=slug)


def _party(spec: PlanSpec, name: str) -> Party:
    for party in spec.must_be_told:
        if party.name == name:
            return party
    names = ", ".join(party.name for party in spec.must_be_told) or "nobody"
    raise Refused(f"{name!r} need not be told by this plan; it names: {names}.", "party")
