"""The page on which somebody else decides: exactly what, to what, how long, what stops it, which digest."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from chaos.domain.errors import GamedayError
from gameday.approvals import policy, services
from gameday.approvals.around import Around
from gameday.approvals.policy import Decision
from gameday.people.models import User
from gameday.people.requests import user_of
from gameday.plans import history
from gameday.plans.audience import hidden
from gameday.plans.names import names_of
from gameday.plans.terms import terms


def page(request: HttpRequest, plan: str) -> HttpResponse:
    return _page(request, plan)


def approve(request: HttpRequest, plan: str) -> HttpResponse:
    user, now, sent = user_of(request), timezone.now(), request.POST
    if not sent.get("digest"):  # nobody approves what they have not been shown
        return _page(request, plan, "Open this page afresh and look at the plan before you approve it.")
    try:
        row = services.approve(plan, user, sent.get("comment", ""), now, sent["digest"])
    except GamedayError as error:
        return _page(request, plan, str(error))
    messages.success(
        request, f"You approved {row.plan} as it stands. Good until {row.expires_at:%d %B %H:%M} UTC."
    )
    return redirect("approvals:page", plan=plan)


def reject(request: HttpRequest, plan: str) -> HttpResponse:
    user, now, sent = user_of(request), timezone.now(), request.POST
    try:
        row = services.reject(plan, user, sent.get("comment", ""), now, sent.get("digest", ""))
    except GamedayError as error:
        return _page(request, plan, str(error))
    messages.success(request, f"You rejected {row.plan}. Nothing of it is launched until it is changed.")
    return redirect("approvals:page", plan=plan)


def acknowledge(request: HttpRequest, plan: str) -> HttpResponse:
    try:
        row = services.acknowledge(plan, request.POST.get("party", ""), user_of(request), timezone.now())
    except GamedayError as error:
        return _page(request, plan, str(error))
    messages.success(request, f"You acknowledged for {row.party}.")
    return redirect("approvals:page", plan=plan)


def _page(request: HttpRequest, slug: str, wrong: str = "") -> HttpResponse:
    user, now = user_of(request), timezone.now()
    standing = services.standing(slug, now)
    plan, asked, spec, around = standing.plan, standing.asked, standing.spec, standing.around
    kept = hidden(user, plan, spec)
    shown = [item for item in spec.scenarios if item.key not in kept]
    told = {row.party: row for row in plan.acknowledgements.filter(digest=asked.digest)}
    names = names_of(spec)
    context: dict[str, Any] = {
        "plan": plan,
        "spec": spec,
        "standing": standing,
        "environment": asked.environment,
        "facilitators": [names[who] for who in spec.facilitators],
        "terms": [terms(scenario) for scenario in shown],
        "kept_back": len(kept),
        "tier": policy.tier(asked.environment),
        "wrong": wrong,
        "comment": request.POST.get("comment", ""),
        "why_not": around.why_not_approve(plan, asked, user, now),
        "approved_version": _approved_before(user, standing),
        "decisions": [_decision(row, standing, around) for row in reversed(standing.decisions)],
        "parties": [
            {
                "party": party,
                "row": told.get(party.name),
                "who": [names[who] for who in party.acknowledged_by],
                "is_mine": user.username in party.acknowledged_by and party.name not in told,
            }
            for party in spec.must_be_told
        ],
    }
    return render(request, "approvals/approval.html", context, status=422 if wrong else 200)


def _approved_before(user: User, standing: services.Standing) -> int | None:
    """The version that this person approved last, where edits since have voided that."""
    mine = [row for row in standing.decisions if row.approver_id == user.pk]
    if not mine or any(row.digest == standing.asked.digest for row in mine):
        return None
    last = max(mine, key=lambda row: row.at)
    is_approval = last.decision == Decision.APPROVED.value
    return history.version_of(standing.plan, last.digest) if is_approval else None


def _decision(row: Any, standing: services.Standing, around: Around) -> dict[str, Any]:
    """A decision on record, and why it does not count, where it does not."""
    given = around.given(row, standing.plan)
    return {"row": row, "void": policy.why_not_counted(standing.asked, given, standing.now)}
