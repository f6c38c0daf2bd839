"""Clusters and data sources, for administrators. A secret goes in here and never comes out again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters

from chaos import wiring
from chaos.domain.errors import GamedayError, Refused
from chaos.domain.limits import in_words
from chaos.services import cluster_details, contact
from chaos.services.cluster_details import Details
from chaos.services.contact import Tried
from gameday.people.requests import user_of
from gameday.plans.forms_clusters import ClusterForm
from gameday.plans.forms_limits import LimitsForm

_FIELDS = {"protect": "protected", "unprotect": "protected", "opt-in": "opted_in"}
"""Where a refusal of a limit belongs: the domain knows it by the name of the command's option."""


def clusters(request: HttpRequest) -> HttpResponse:
    """All of them, and whether they are there: two queries."""
    now = timezone.now()
    rows = [
        {"cluster": item, "states": [(part, part.state(now)) for part in (item.cluster, item.prometheus)]}
        for item in contact.known()
    ]
    return render(request, "plans/clusters/clusters.html", {"rows": rows})


def cluster(request: HttpRequest, cluster: str) -> HttpResponse:
    return _page(request, _details(cluster))


def test(request: HttpRequest, cluster: str) -> HttpResponse:
    """Ask everything now, and say what is found and what is missing."""
    details = _details(cluster)
    try:
        tried = wiring.try_connection(cluster, details.limits.opted_in_namespaces)
    except GamedayError as error:
        return _answer(request, details, None, str(error))
    return _answer(request, details, tried)


@sensitive_post_parameters("token", "prometheus_secret")
def new(request: HttpRequest) -> HttpResponse:
    return _edit(request, None)


@sensitive_post_parameters("token", "prometheus_secret")
def edit(request: HttpRequest, cluster: str) -> HttpResponse:
    return _edit(request, _details(cluster))


def _edit(request: HttpRequest, known: Details | None) -> HttpResponse:
    form = ClusterForm(request.POST or None, known=known)
    limits = LimitsForm(request.POST or None, has=known.limits if known else None)
    tried = None
    if request.method == "POST" and all([form.is_valid(), limits.is_valid()]):
        try:
            if request.POST.get("do") == "test":
                opted_in = limits.cleaned_data["opted_in"]
                tried = wiring.try_connection(form.cleaned_data["name"], opted_in, form.entry())
            else:
                return _save(request, form, limits, known)
        except GamedayError as error:
            _tell(form, limits, error)
    wrong = bool(form.errors or limits.errors)
    context = {"form": form, "limits": limits, "known": known, "tried": tried, "forms": (form, limits)}
    if request.method == "POST" and request.headers.get("HX-Request"):
        return render(request, "plans/clusters/_tried.html", context)
    return render(request, "plans/clusters/edit.html", context, status=422 if wrong else 200)


def _save(request: HttpRequest, form: ClusterForm, limits: LimitsForm, known: Details | None) -> HttpResponse:
    user, entry = user_of(request), form.entry()
    if known is None and cluster_details.find(entry.name):
        raise Refused(f"There is a cluster {entry.name} already; change it on its own page.", "name")
    wiring.enter_cluster(entry, limits.change(), user.username, user.name)
    tried = wiring.try_connection(entry.name, limits.cleaned_data["opted_in"])
    if tried.is_met:
        messages.success(request, f"{entry.name} is registered, and nothing is missing.")
    else:
        count = len(tried.missing)
        missing = f"{count} thing{'s are' if count > 1 else ' is'} missing for a day"
        messages.warning(request, f"{entry.name} is registered. {missing}: test the connection.")
    return redirect("clusters:cluster", cluster=entry.name)


def _page(
    request: HttpRequest, details: Details, tried: Tried | None = None, wrong: str = ""
) -> HttpResponse:
    context = _context(details, tried, wrong)
    return render(request, "plans/clusters/cluster.html", context, status=422 if wrong else 200)


def _context(details: Details, tried: Tried | None, wrong: str) -> dict[str, Any]:
    now, found = timezone.now(), contact.of(details.name)
    return {
        "cluster": details,
        "environment": details.environment,
        "states": [(part, part.state(now)) for part in (found.cluster, found.prometheus)],
        "limits": in_words(details.limits),
        "tried": tried,
        "said": wrong,
    }


def _answer(request: HttpRequest, details: Details, tried: Tried | None, wrong: str = "") -> HttpResponse:
    if request.headers.get("HX-Request"):
        return render(request, "plans/clusters/_connection.html", _context(details, tried, wrong))
    return _page(request, details, tried, wrong)


def _details(name: str) -> Details:
    details = cluster_details.find(name)
    if details is None:
        raise Http404(f"There is no cluster {name}.")
    return details


def _tell(form: forms.Form, limits: forms.Form, error: GamedayError) -> None:
    """Show a refusal at its field, wherever that is."""
    named = error.field if isinstance(error, Refused) else ""
    field = _FIELDS.get(named, named.replace("-", "_"))
    if field in limits.fields:
        limits.add_error(field, str(error))
    else:
        form.add_error(field if field in form.fields else None, str(error))
