"""Looking at plans: the list, one plan, its versions, its file, what it would hit."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from chaos.domain.errors import GamedayError
from chaos.services import queries
from gameday.people.models import Team
from gameday.people.requests import user_of
from gameday.plans import history, listing, preview, services, terms
from gameday.plans.audience import hidden
from gameday.plans.differences import differences, lines
from gameday.plans.models import Plan
from gameday.plans.names import names_of
from gameday.plans.problems import PlanRefused
from gameday.plans.standing import Standings
from gameday.plans.steps import Look, next_step
from gameday.plans.views.common import approvers, plan_or_404
from gameday.plans.window_words import WindowWords

A_FEW = 5
KEPT = (
    "This plan has scenarios that its organisers keep to themselves until they have been run, so that people "
    "meet them unprepared. After that, everybody may read this."
)


def plans(request: HttpRequest, standings: Standings) -> HttpResponse:
    team, status = request.GET.get("team", ""), request.GET.get("status", "")
    status = status if status in dict(listing.STATUSES) else ""
    found = listing.page(standings, team, status, request.GET.get("page", "1"), timezone.now())
    context = {
        "page": found,
        "team": team,
        "status": status,
        "teams": Team.objects.values_list("name", flat=True),
        "statuses": listing.STATUSES,
        "is_filtered": bool(team or status),
    }
    return render(request, "plans/plans.html", context)


def plan(request: HttpRequest, plan: str, standings: Standings) -> HttpResponse:
    found, now = plan_or_404(plan), timezone.now()
    try:
        spec = found.compiled()
    except PlanRefused as error:
        return render(request, "plans/not_accepted.html", {"plan": found, "lines": error.lines})
    standing = standings([found], now)[found.slug]
    kept, runs = hidden(user_of(request), found, spec), queries.newest_of_each(found.stream)
    deciders = approvers(found) if standing.status == "waiting" else []
    told = {row.party: row for row in found.acknowledgements.filter(digest=spec.digest)}
    names = names_of(spec)
    seen = Look(spec, standing, runs, request.acts, deciders, now, kept, names)  # type: ignore[attr-defined]
    context = {
        "plan": found,
        "spec": spec,
        "environment": spec.environment,
        "standing": standing,
        "window": WindowWords.of(spec.window, now),
        "step": next_step(seen),
        "scenarios": [
            {"terms": terms.terms(item), "run": runs.get(item.key)}
            for item in spec.scenarios
            if item.key not in kept
        ],
        "kept": len(kept),
        "people": [(who, names[who], roles) for who, roles in found.document["people"].items()],
        "parties": [
            {
                "party": party,
                "row": told.get(party.name),
                "who": [names[who] for who in party.acknowledged_by],
            }
            for party in spec.must_be_told
        ],
        "versions": history.versions(found, A_FEW),
    }
    return render(request, "plans/plan.html", context)


def version(request: HttpRequest, plan: str, version: int) -> HttpResponse:
    """One version, and what it changed; `?against=` names another than the one before it."""
    found = plan_or_404(plan)
    if _is_kept(request, found):
        return render(request, "plans/kept.html", {"plan": found, "sentence": KEPT}, status=403)
    against = request.GET.get("against", "")
    before = int(against) if against.isdecimal() and len(against) < 9 else version - 1
    texts = history.text_of(found, before), history.text_of(found, version)
    if not texts[1]:
        raise Http404(f"{plan} has no version {version}.")
    context = {
        "plan": found,
        "number": version,
        "before": before if texts[0] else None,
        "versions": history.versions(found),
        "changes": differences(*(history.parsed(text) for text in texts)) if texts[0] else (),
        "lines": lines(*texts),
        "text": texts[1],
    }
    return render(request, "plans/version.html", context)


def file(request: HttpRequest, plan: str) -> HttpResponse:
    """The plan as YAML: importing or uploading it changes nothing."""
    found = plan_or_404(plan)
    if _is_kept(request, found):
        return render(request, "plans/kept.html", {"plan": found, "sentence": KEPT}, status=403)
    headers = {"Content-Disposition": f'attachment; filename="{found.slug}.yaml"'}
    return HttpResponse(services.export_plan(plan), "application/yaml; charset=utf-8", headers=headers)


def look(request: HttpRequest, plan: str) -> HttpResponse:
    """What a launch would hit right now, by name and share: a page, or its middle for a page that asks."""
    found = plan_or_404(plan)
    context: dict[str, object] = {"plan": found, "at": timezone.now()}
    try:
        spec = found.compiled()
        kept = hidden(user_of(request), found, spec)
        shown = preview.each(spec, kept)
        context |= {"rows": preview.rows(spec, shown), "kept": len(kept), "cluster": spec.cluster}
    except GamedayError as error:
        context["wrong"] = str(error)
    name = "plans/_preview.html" if request.headers.get("HX-Request") else "plans/preview.html"
    return render(request, name, context)


def _is_kept(request: HttpRequest, plan: Plan) -> bool:
    try:
        return bool(hidden(user_of(request), plan, plan.compiled()))
    except PlanRefused:  # nothing of it can be run any more as it stands
        return False
