"""The control room: its pages, and what people write and say in it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from chaos.domain.errors import GamedayError, Refused
from chaos.journal import slug_of
from chaos.services import queries
from gameday.conduct import live_page, services
from gameday.conduct.audience import is_organiser
from gameday.conduct.forms import MOST_WORDS, typed_at
from gameday.conduct.live_page import find, me
from gameday.plans.models import Plan


def day(request: HttpRequest, plan: str) -> HttpResponse:
    return live_page.page(request, find(plan))


def run(request: HttpRequest, run: UUID) -> HttpResponse:
    slug = slug_of(queries.stream_of(run))
    if not slug:
        raise Http404("There is no such run.")
    return live_page.page(request, find(slug), str(run))


def mine(request: HttpRequest, plan: str) -> HttpResponse:
    """What this person may do now, for a page that is open."""
    return live_page.mine(request, find(plan))


def note(request: HttpRequest, plan: str) -> HttpResponse:
    """A line into the timeline, stamped at its first keystroke. What was typed is never lost."""
    found, text, now = find(plan), request.POST.get("text", ""), timezone.now()
    organiser = is_organiser(request.user, found)
    only = organiser and request.POST.get("audience") == "organisers"
    said: dict[str, Any] = {"note_text": text, "note_only": only}
    try:
        if len(text) > MOST_WORDS:
            raise Refused(f"A note has {MOST_WORDS} characters at the most; this has {len(text)}.", "text")
        at = typed_at(request.POST.get("at", ""), now)
        services.add_note(found, text, me(request), at, "organisers" if only else "everyone")
    except Refused as refused:
        said["note_error"] = str(refused)
        if request.headers.get("HX-Request"):
            context = {**said, "plan": found, "organiser": organiser}
            return render(request, "conduct/_note.html", context, status=422)
        return live_page.page(request, found, status=422, **said)
    if request.headers.get("HX-Request"):
        return render(request, "conduct/_note.html", {"plan": found, "organiser": organiser, "is_sent": True})
    return _back(plan)


def milestone(request: HttpRequest, plan: str) -> HttpResponse:
    """Detected, acknowledged, mitigated, recovered; of the run that the button stood under."""
    found, reached = find(plan), request.POST.get("milestone", "")
    try:
        services.mark(found, _run(request, found), reached, me(request), timezone.now())
    except Refused as refused:
        return _refused(request, plan, refused)
    return _done(request, plan)


def attest(request: HttpRequest, plan: str) -> HttpResponse:
    """A person's word that a fault by hand is injected or undone."""
    found, now = find(plan), timezone.now()
    word, said = request.POST.get("word", ""), request.POST.get("note", "")
    try:
        services.attest(found, _run(request, found), word, me(request), said.strip(), now)
    except Refused as refused:
        return _refused(request, plan, refused, attest_note=said)
    return _done(request, plan, f"Noted: it is {word}.")


def _run(request: HttpRequest, plan: Plan) -> str:
    """The run that a form names. Its scenario is not in the page, whose reader may not know of it."""
    named = request.POST.get("run", "")
    try:
        run = str(UUID(named))
    except ValueError:
        run = ""
    if not run or queries.stream_of(run) != plan.stream:
        raise Refused("This names no run of the plan. Reload the page and send it again.", "run")
    return run


def _refused(request: HttpRequest, plan: str, why: GamedayError, **typed: Any) -> HttpResponse:
    found = find(plan)
    answer = live_page.mine if request.headers.get("HX-Request") else live_page.page
    return answer(request, found, status=422, mine_error=str(why), **typed)


def _done(request: HttpRequest, plan: str, words: str = "") -> HttpResponse:
    if request.headers.get("HX-Request"):
        return live_page.mine(request, find(plan))
    if words:
        messages.success(request, words)
    return _back(plan)


def _back(plan: str) -> HttpResponse:
    return redirect("conduct:day", plan=plan)
