"""People and their roles, for administrators. What is done is in `accounts`; all of it is in the journal."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from chaos.domain.errors import Refused
from gameday.people import accounts, services
from gameday.people.forms import NameForm, PersonForm, RolesForm
from gameday.people.models import Team, User
from gameday.people.requests import user_of

A_PAGE = 100


def people(request: HttpRequest) -> HttpResponse:
    """Who is here, and what they are: three queries."""
    found = User.objects.order_by("-is_active", "name", "username").prefetch_related("memberships__team")
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    rows = [{"user": user, "teams": accounts.by_team(user.memberships.all())} for user in page]
    return render(request, "people/people.html", {"page": page, "rows": rows})


def new(request: HttpRequest) -> HttpResponse:
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            if User.objects.filter(username=said["username"]).exists():
                raise Refused(f"There is a {said['username']} already.", "username")
            user = services.add_person(
                said["username"], said["name"], said["team"], said["roles"], user_of(request)
            )
        except Refused as refusal:
            _tell(form, refusal)
        else:
            messages.success(
                request, f"{user} is in {said['team']}. Now give them a link for their password."
            )
            return redirect("people:person", username=user.username)
    return render(request, "people/new.html", {"form": form}, status=422 if form.errors else 200)


def person(request: HttpRequest, username: str) -> HttpResponse:
    return _page(request, username)


def roles(request: HttpRequest, username: str) -> HttpResponse:
    form = RolesForm(request.POST)
    if form.is_valid():
        said, by = form.cleaned_data, user_of(request)
        try:
            accounts.set_roles(username, said["team"], said["roles"], by)
        except Refused as refusal:
            _tell(form, refusal)
        else:
            messages.success(request, f"Roles in {said['team']} are as you set them, from now on.")
            return redirect("people:person", username=username)
    return _page(request, username, roles_form=form)


def name(request: HttpRequest, username: str) -> HttpResponse:
    form = NameForm(request.POST)
    if form.is_valid():
        try:
            accounts.rename(username, form.cleaned_data["name"], user_of(request))
        except Refused as refusal:
            _tell(form, refusal)
        else:
            return redirect("people:person", username=username)
    return _page(request, username, name_form=form)


def activity(request: HttpRequest, username: str) -> HttpResponse:
    """Let somebody in, or no more, as `active` says."""
    try:
        accounts.set_active(username, request.POST.get("active") == "yes", user_of(request))
    except Refused as refusal:
        return _page(request, username, wrong=str(refusal))
    return redirect("people:person", username=username)


@never_cache
def link(request: HttpRequest, username: str) -> HttpResponse:
    """Shown once, in this answer; it is kept nowhere."""
    try:
        path = accounts.password_link(username, user_of(request))
    except Refused as refusal:
        return _page(request, username, wrong=str(refusal))
    return _page(request, username, link=request.build_absolute_uri(path))


def _page(request: HttpRequest, username: str, wrong: str = "", **more: Any) -> HttpResponse:
    user = _person(username)
    teams: dict[str, list[str]] = {}
    for item in user.memberships.select_related("team").order_by("team__name"):
        teams.setdefault(item.team.name, []).append(item.role)
    taken = more.get("roles_form")
    forms_of_teams = [
        taken
        if taken and taken["team"].value() == team
        else RolesForm(initial={"team": team, "roles": has}, auto_id=f"{team}_%s")
        for team, has in teams.items()
    ]
    other = taken if taken and taken["team"].value() not in teams else RolesForm(auto_id="other_%s")
    context = {
        "person": user,
        "wrong": wrong,
        "roles_forms": forms_of_teams,
        "other_form": other,
        "other_teams": Team.objects.exclude(name__in=teams),
        "name_form": more.get("name_form") or NameForm(initial={"name": user.name}),
        "link": more.get("link", ""),
    }
    is_wrong = bool(wrong or "roles_form" in more or "name_form" in more)
    return render(request, "people/person.html", context, status=422 if is_wrong else 200)


def _person(username: str) -> User:
    try:
        return services.any_person(username)
    except Refused as refusal:
        raise Http404(str(refusal)) from refusal


def _tell(form: forms.Form, refusal: Refused) -> None:
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
