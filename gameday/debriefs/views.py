"""The debrief, its findings and action items."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from chaos.domain.errors import GamedayError, Refused
from chaos.journal.queries import entries
from gameday.conduct.audience import readable
from gameday.debriefs import audience, services
from gameday.debriefs.forms import ActionForm, FindingForm
from gameday.debriefs.models import ActionItem, Finding, Severity
from gameday.debriefs.page import debrief
from gameday.people.requests import user_of
from gameday.plans.audience import hidden, is_organiser
from gameday.plans.models import Plan
from gameday.plans.services import plan as find_plan

ACTIONS_A_PAGE = 50


def page(request: HttpRequest, plan: str) -> HttpResponse:
    return _page(request, find_plan(plan))


def add_finding(request: HttpRequest, plan: str) -> HttpResponse:
    found = find_plan(plan)
    form = FindingForm(found.compiled(), _kept(request, found), request.POST)
    if form.is_valid():
        try:
            finding = services.add_finding(found, form.learned(), user_of(request), timezone.now())
        except GamedayError as error:
            _put(form, error)
        else:
            return _back(request, found, f"Recorded: {finding.title}", f"finding-{finding.pk}")
    return _page(request, found, finding_form=form, status=422)


def from_note(request: HttpRequest, plan: str) -> HttpResponse:
    found, sent = find_plan(plan), request.POST
    seq = int(sent["note"]) if sent.get("note", "").isdecimal() else 0
    severity = sent.get("severity", Severity.MINOR)
    try:
        _check_note(request, found, seq)
        finding = services.finding_from_note(found, seq, severity, user_of(request), timezone.now())
    except GamedayError as error:
        return _page(request, found, wrong=str(error), status=422)
    return _back(request, found, f"The note is a finding now: {finding.title}", f"finding-{finding.pk}")


def edit_finding(request: HttpRequest, plan: str, finding: int) -> HttpResponse:
    found = find_plan(plan)
    row = _finding(request, found, finding)
    facts = {name: getattr(row, name) for name in ("title", "severity", "scenario", "text")}
    kept = _kept(request, found)
    form = FindingForm(found.compiled(), kept, request.POST or None, initial=facts, about=row.scenario)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_finding(row, form.learned(), user_of(request), timezone.now())
        except GamedayError as error:
            _put(form, error)
        else:
            return _back(request, found, "Changed.", f"finding-{row.pk}")
    status = 422 if form.errors else 200
    context = {"plan": found, "finding": row, "form": form, "environment": found.cluster.environment}
    return render(request, "debriefs/finding.html", context, status=status)


def add_action(request: HttpRequest, plan: str, finding: int) -> HttpResponse:
    found = find_plan(plan)
    row = _finding(request, found, finding)
    form = ActionForm(found, request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            action = services.add_action(
                row, said["text"], said["owner"], said["due"], user_of(request), timezone.now()
            )
        except GamedayError as error:
            _put(form, error)
        else:
            text = f"{action.owner} owns it, due {action.due:%d %B %Y}."
            return _back(request, found, text, f"finding-{row.pk}")
    return _page(request, found, action_form=form, action_of=row.pk, status=422)


def close_action(request: HttpRequest, action: int) -> HttpResponse:
    row = _action(request, action)
    try:
        services.close_action(row, request.POST.get("note", ""), user_of(request), timezone.now())
    except GamedayError as error:
        messages.warning(request, str(error))
    return redirect(_there(request))


def reopen_action(request: HttpRequest, action: int) -> HttpResponse:
    try:
        services.reopen_action(_action(request, action), user_of(request), timezone.now())
    except GamedayError as error:
        messages.warning(request, str(error))
    return redirect(_there(request))


def actions(request: HttpRequest) -> HttpResponse:
    """Everybody's open action items, the overdue first; `?mine=1` one's own, `?done=1` the closed ones."""
    user, is_done = user_of(request), bool(request.GET.get("done"))
    rows = ActionItem.objects.select_related("owner", "finding__plan").filter(done_at__isnull=not is_done)
    rows = rows.exclude(finding__in=audience.unseen(user))
    if request.GET.get("mine"):
        rows = rows.filter(owner=user)
    rows = rows.order_by("-done_at", "id") if is_done else rows.order_by("due", "id")
    context = {
        "page": Paginator(rows, ACTIONS_A_PAGE).get_page(request.GET.get("page")),
        "today": timezone.now().date(),
        "mine": request.GET.get("mine", ""),
        "done": request.GET.get("done", ""),
    }
    return render(request, "debriefs/actions.html", context)


def _finding(request: HttpRequest, plan: Plan, key: int) -> Finding:
    """One that who asks may not know of is not there."""
    found = Finding.objects.filter(plan=plan).exclude(pk__in=audience.unseen(user_of(request), pk=key))
    return get_object_or_404(found, pk=key)


def _action(request: HttpRequest, key: int) -> ActionItem:
    found = ActionItem.objects.select_related("finding__plan__team", "owner")
    kept = audience.unseen(user_of(request), actions=key)
    return get_object_or_404(found.exclude(finding__in=kept), pk=key)


def _there(request: HttpRequest) -> str:
    """Back to where the button stood: one of our own two places."""
    plan = request.POST.get("plan", "")
    return f"/plans/{plan}/debrief" if Plan.objects.filter(slug=plan).exists() else "/actions/"


def _back(request: HttpRequest, plan: Plan, said: str, anchor: str) -> HttpResponse:
    messages.success(request, said)
    answer = redirect("debriefs:page", plan=plan.slug)
    answer["Location"] += f"#{anchor}"
    return answer


def _kept(request: HttpRequest, plan: Plan) -> frozenset[str]:
    """The scenarios that who asks may not know of yet."""
    return hidden(user_of(request), plan, plan.compiled())


def _check_note(request: HttpRequest, plan: Plan, seq: int) -> None:
    """Raises Refused for a note that who asks may not read, or what became of it: as if it were not there."""
    read = readable(entries(plan.stream), plan.stream, is_organiser(user_of(request), plan))
    is_kept = audience.unseen(user_of(request), plan=plan, note_seq=seq)
    if is_kept or not read.filter(seq=seq, kind="note").exists():
        raise Refused(f"There is no note number {seq} in the timeline of {plan}.", "note")


def _put(form: Any, error: GamedayError) -> None:
    field = getattr(error, "field", "")
    form.add_error(field if field in form.fields else None, str(error))


def _page(request: HttpRequest, plan: Plan, status: int = 200, **more: Any) -> HttpResponse:
    spec, user = plan.compiled(), user_of(request)
    kept = _kept(request, plan)
    context = {
        "plan": plan,
        "spec": spec,
        "debrief": debrief(plan, spec, kept, is_organiser(user, plan), request.GET.get("notes", "1")),
        "environment": plan.cluster.environment,
        "kept": kept,
        "severities": Severity.choices,
        "today": timezone.now().date(),
        "finding_form": FindingForm(spec, kept),
        "action_form": ActionForm(plan),
        **more,
    }
    return render(request, "debriefs/debrief.html", context, status=status)
