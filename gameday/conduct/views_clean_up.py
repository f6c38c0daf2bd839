"""The clean-up of a run: its certificate, what is left with the commands for it, and the glass to break."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from chaos.domain import codec
from chaos.domain.errors import GamedayError, Refused
from chaos.services import queries
from gameday.conduct import clean_up
from gameday.conduct.clean_up import CleanUp
from gameday.conduct.live_page import me
from gameday.people import services as people
from gameday.people.roles import Act

KEPT = "The scenario of this run is not announced to you until it is over; its organisers can see this."


def page(request: HttpRequest, run: UUID, status: int = 200, **typed: Any) -> HttpResponse:
    here, user = _found(request, run), me(request)
    context = {
        "here": here,
        "certificate": here.certificate,
        "environment": here.run.environment,
        "stop_run": None if here.run.state.is_final else here.run,
        "may_strip": people.may_anywhere(user, Act.STRIP),
        "may_review": people.may_anywhere(user, Act.REVIEW),
        "kept": KEPT,
        **typed,
    }
    return render(request, "conduct/clean_up.html", context, status=status)


def as_json(request: HttpRequest, run: UUID) -> HttpResponse:
    """The certificate, for programs. What is not announced to somebody is refused to them."""
    here = _found(request, run)
    if here.is_kept:
        raise PermissionDenied(KEPT)
    return JsonResponse(codec.to_plain(here.certificate), json_dumps_params={"indent": 2})


def strip(request: HttpRequest) -> HttpResponse:
    """Take a finalizer off. What is refused says what is still there; what was typed is not lost."""
    run = _run(request)
    engine, reason = request.POST.get("engine", ""), request.POST.get("reason", "")
    try:
        broken = clean_up.strip(str(run), engine, reason, me(request))
    except GamedayError as error:
        said = {"strip_error": str(error), "strip_engine": engine, "strip_reason": reason}
        return page(request, run, 422, **said)
    text = f"The finalizer of {broken.engine} is off. It is measured again; somebody else has to review this."
    messages.success(request, text)
    return redirect("conduct:clean-up", run=run)


def review(request: HttpRequest) -> HttpResponse:
    run = _run(request)
    number, note = request.POST.get("strip", ""), request.POST.get("note", "")
    try:
        clean_up.review(int(number) if number.isdecimal() else 0, note, me(request), timezone.now())
    except Refused as error:
        said = {"review_error": str(error), "review_strip": number, "review_note": note}
        return page(request, run, 422, **said)
    messages.success(request, "Reviewed, and written down with your name.")
    return redirect("conduct:clean-up", run=run)


def _found(request: HttpRequest, run: UUID) -> CleanUp:
    try:
        return clean_up.clean_up(str(run), me(request), timezone.now())
    except Refused as error:
        raise Http404(str(error)) from error


def _run(request: HttpRequest) -> UUID:
    """The run that a form names."""
    try:
        run = UUID(request.POST.get("run", ""))
    except ValueError:
        raise Http404("The form names no run.") from None
    if not queries.stream_of(run):
        raise Http404(f"There is no run {run}.")
    return run
