"""Answers in the place of a view: sign in first, not yours to do, nothing to see, too large, send it again.

A Stop that was not done says so, and has the way to stop beside it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import Error
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.template.loader import render_to_string
from django.views import csrf, defaults

from gameday.plans.views.beginning import refused_unread

BRAKES = ("conduct:stop", "conduct:halt")
UNSTOPPED = "unstopped"
"""What the address of the sign-in page says when somebody pressed Stop who was not signed in any more."""


def sign_in_first(request: HttpRequest) -> HttpResponse:
    """On to the sign-in page; from there back to what was asked for, or to where the button was."""
    name = request.resolver_match.view_name if request.resolver_match else ""
    if is_a_brake(request):
        asked = {"next": _where_it_stops(request, name), UNSTOPPED: "1"}
    else:
        asked = {"next": request.get_full_path() if request.method == "GET" else resolve_url("home")}
    if request.headers.get("HX-Request"):  # a fragment cannot become the sign-in page
        return HttpResponse(status=401, headers={"HX-Redirect": resolve_url("people:sign-in")})
    return HttpResponseRedirect(f"{resolve_url('people:sign-in')}?{urlencode(asked, safe='/')}")


def is_a_brake(request: HttpRequest) -> bool:
    """Whether this is somebody's Stop or Halt."""
    name = request.resolver_match.view_name if request.resolver_match else ""
    return name in BRAKES and request.method == "POST"


def nobody_is_known(error: Error) -> HttpResponse:
    """503, for a Stop or Halt while sessions cannot be read; with the ways that need none.

    Rendered without the request: what pages show of it comes out of the database too.
    """
    why = str(error).strip().rstrip(".")
    sentence = f"The database cannot be read ({why}), so nobody can be recognised. Nothing was stopped."
    return HttpResponse(render_to_string("conduct/stop_failed.html", {"sentence": sentence}), status=503)


def _where_it_stops(request: HttpRequest, name: str) -> str:
    """A page with the button that was pressed."""
    if name == "conduct:halt":
        return resolve_url(name)
    try:
        return resolve_url("conduct:run", run=UUID(request.POST.get("run", "")))
    except ValueError:
        return resolve_url("home")


def not_allowed(request: HttpRequest, methods: Collection[str], kwargs: Mapping[str, Any]) -> HttpResponse:
    """405, mostly for who looks at an address that only takes forms, by a reload or out of the history."""
    context = {"slug": kwargs.get("plan", ""), "has_page": "GET" in methods}
    page = render_to_string("405.html", context, request)
    return HttpResponseNotAllowed([*methods], page)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400; 413 for more than is read at once, in the form itself where that was a plan."""
    if not isinstance(exception, RequestDataTooBig):
        return defaults.bad_request(request, exception)
    name = request.resolver_match.view_name if request.resolver_match else ""
    if name == "plans:upload" and request.user.is_authenticated:
        return refused_unread(request, int(request.headers.get("Content-Length", 0)))
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE / 1024 / 1024
    return render(request, "413.html", {"most": f"{most:g} MiB"}, status=413)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403, for a form without our token: of another site, or of a page from before a sign-in.

    Whoever pressed Stop on such a page finds the button there again, with a token that is good.
    """
    name = request.resolver_match.view_name if request.resolver_match else ""
    if name not in BRAKES:
        return csrf.csrf_failure(request, reason)
    try:
        if not request.user.is_authenticated:
            return sign_in_first(request)
    except Error as error:
        return nobody_is_known(error)
    sent = {"address": name, "run": request.POST.get("run", ""), "reason": request.POST.get("reason", "")}
    return render(request, "conduct/not_stopped.html", sent, status=403)
