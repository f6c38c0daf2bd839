"""What several pages of plans need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url

from chaos.domain.errors import Refused
from chaos.services import clusters
from gameday.people.models import Membership, Team, User
from gameday.people.requests import user_of
from gameday.people.roles import PERMISSIONS, Act
from gameday.plans import services
from gameday.plans.forms.facts_form import Known
from gameday.plans.forms.instants import zones
from gameday.plans.forms.rows import Flat
from gameday.plans.models import Plan
from gameday.plans.services import Imported

MOST_NAMES = 500
_BESIDE = frozenset({"csrfmiddlewaretoken", "do", "step", "version"})


def plan_or_404(slug: str) -> Plan:
    try:
        return services.plan(slug)
    except Refused as error:
        raise Http404(f"There is no plan named {slug}.") from error


def inputs(request: HttpRequest) -> Flat:
    """A form as it was sent, without what is no place in a plan."""
    return {str(name): list(values) for name, values in request.POST.lists() if name not in _BESIDE}


def known(request: HttpRequest, plan: Plan | None = None) -> Known:
    """The teams for which the reader may write plans, and the clusters that are registered."""
    roles = [role.value for role in PERMISSIONS[Act.PLAN]]
    mine = Team.objects.filter(memberships__user=user_of(request), memberships__role__in=roles).distinct()
    teams = [team.name for team in mine]
    rows = clusters.all_rows()
    return Known(
        teams if plan is None or plan.team.name in teams else [plan.team.name, *teams],
        [(row.name, f"{row.name} ({row.environment})") for row in rows],
        {row.name: row.environment for row in rows},
    )


def helps() -> Mapping[str, Any]:
    """What fields offer while one types."""
    people = User.objects.filter(is_active=True).order_by("username")
    return {"zones": zones(), "usernames": people.values_list("username", "name")[:MOST_NAMES]}


def approvers(plan: Plan) -> list[str]:
    """Who may decide on it, by name: approvers of its team who neither wrote it nor facilitate the day."""
    roles = [role.value for role in PERMISSIONS[Act.APPROVE]]
    found = Membership.objects.filter(team=plan.team_id, role__in=roles, user__is_active=True)
    found = found.exclude(user__in=plan.writers.all()).select_related("user").order_by("user__name")
    facilitators = plan.compiled().facilitators
    names = [str(item.user) for item in found if item.user.username not in facilitators]
    return list(dict.fromkeys(names))


def stored(request: HttpRequest, imported: Imported) -> HttpResponse:
    """On to the plan's page, which says what became of it."""
    plan = imported.plan
    if not imported.is_changed:
        said = f"Nothing has changed; it is still version {plan.version}."
    elif imported.voids_approvals:
        said = (
            f"Version {plan.version} is stored. Approvals and acknowledgements of earlier versions are void."
        )
    elif imported.digest_before:
        said = f"Version {plan.version} is stored. Nothing that was approved has changed: approvals stand."
    else:
        said = f"{plan.title} is stored. Next, it needs approval."
    messages.success(request, said)
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": resolve_url("plans:plan", plan=plan.slug)})
    return redirect("plans:plan", plan=plan.slug)
