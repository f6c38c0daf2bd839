"""A halt without a session and without the database: who is at the door shows a token of a mounted file.

Nothing here may touch the database before the clusters are told: no user, no session, no context processor.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from chaos.domain.errors import Refused
from chaos.services.halting import Halted
from gameday.conduct import break_glass
from gameday.conduct.by_token import halt_by_token
from gameday.conduct.services import ANSWERS_WITHIN
from gameday.people.addresses import client_ip

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Told:
    """What was done on one cluster, in a sentence."""

    cluster: str
    sentence: str
    is_done: bool


# No cookie says who sends this, so that no other site can make a browser send it: the token is in the form.
@csrf_exempt
@never_cache
def page(request: HttpRequest) -> HttpResponse:
    """The form, and what it does. Never limited in its rate: a token cannot be guessed, and a stop waits for
    nobody."""
    token, reason = request.POST.get("token", "").strip(), request.POST.get("reason", "").strip()
    if request.method != "POST" or not break_glass.is_set_up():
        return _answer(request)
    if not token:
        return _answer(request, wrong="Without a token nothing is stopped.", reason=reason)
    if not _is_from_here(request):
        return _refused(request, "This was sent by another site. Nothing was stopped.", reason)
    try:
        holder = break_glass.holder_of(token)
    except Refused as error:
        return _refused(request, str(error), reason)
    log.warning("%s halts everything by a break-glass token, from %s.", holder, client_ip(request))
    by_token = halt_by_token(holder, reason, timezone.now())
    halted = by_token.halted
    told = _told(halted)
    is_whole = bool(told) and all(item.is_done for item in told)
    # Always 200: what a proxy takes for an error of ours, it may answer with a page of its own.
    return _answer(
        request,
        told=told,
        is_whole=is_whole,
        known=by_token.known,
        holder=holder,
        record=_record(halted) if told else "",
        reason=reason,
    )


def _is_from_here(request: HttpRequest) -> bool:
    """By what browsers say of where a form was; a program says nothing, and needs none."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.get_host()


def _told(halted: Halted) -> list[Told]:
    within = f"{ANSWERS_WITHIN.total_seconds():g} s"
    late = [
        Told(name, f"It has not answered within {within}. Gameday goes on trying there.", False)
        for name in halted.waiting
    ]
    found = []
    for name, residue in halted.deleted.items():
        gone = f"Told to go: {', '.join(map(str, residue))}." if residue else "Nothing of ours was found."
        failed = halted.failed.get(name, "")
        sentence = f"{failed} Gameday goes on trying there." if failed else f"The lever is down. {gone}"
        found.append(Told(name, sentence, not failed))
    return sorted([*found, *late], key=lambda item: item.cluster)


def _record(halted: Halted) -> str:
    if not halted.record_error:
        return "It is written down."
    if halted.spooled:
        return "It could not be written down yet. It is kept on disk, and goes into the journal late."
    return "It could not be written down, and the disk took it neither: write down yourself what you did."


def _refused(request: HttpRequest, sentence: str, reason: str) -> HttpResponse:
    log.warning("A break-glass halt from %s was refused: %s", client_ip(request), sentence)
    return _answer(request, 403, wrong=sentence, reason=reason)


def _answer(
    request: HttpRequest, status: int = 200, *, told: Sequence[Told] | None = None, **said: object
) -> HttpResponse:
    """A page for people, data for a program that asks for it."""
    if request.method == "POST" and "application/json" in request.headers.get("Accept", ""):
        by_cluster = {item.cluster: item.sentence for item in told or ()}
        plain = {key: said.get(key, "") for key in ("known", "record", "wrong")}
        is_whole = bool(said.get("is_whole"))
        return JsonResponse({"is_whole": is_whole, "clusters": by_cluster, **plain}, status=status)
    context = {"told": told, "is_set_up": break_glass.is_set_up(), "path": request.path, **said}
    return HttpResponse(render_to_string("conduct/break_glass.html", context), status=status)
