"""Arm, put back, inject."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from chaos.domain.errors import GamedayError, Refused
from gameday.conduct import arming, live_page
from gameday.conduct.arming import NotReady
from gameday.conduct.live_page import find, me


def arm(request: HttpRequest, plan: str) -> HttpResponse:
    """Look at the cluster; what would be hit is then on the page, for five minutes."""
    found, key = find(plan), request.POST.get("scenario", "")
    try:
        arming.arm(found, key, me(request), timezone.now())
    except NotReady as refused:
        missing, targets = refused.missing, refused.targets
        return _answer(request, plan, 422, arm_missing=missing, arm_targets=targets, arm_chosen=key)
    except GamedayError as error:  # also a cluster that does not answer
        return _answer(request, plan, 422, arm_missing=(str(error),), arm_chosen=key)
    return _answer(request, plan)


def disarm(request: HttpRequest, plan: str) -> HttpResponse:
    try:
        arming.disarm(find(plan), me(request), timezone.now())
    except Refused as refused:
        return _answer(request, plan, 422, arm_missing=(str(refused),))
    return _answer(request, plan)


def inject(request: HttpRequest, plan: str) -> HttpResponse:
    """Launch what is armed. Sent again, it leads to the same run."""
    try:
        injected = arming.inject(find(plan), request.POST.get("token", ""), me(request), timezone.now())
    except GamedayError as error:
        return _answer(request, plan, 422, arm_missing=(str(error),), is_inject_refused=True)
    if injected.caution:
        messages.warning(request, injected.caution)
    there = reverse("conduct:run", kwargs={"run": injected.run})
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": there})
    return redirect(there)


def _answer(request: HttpRequest, plan: str, status: int = 200, **said: Any) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return live_page.mine(request, find(plan), status, **said)
    if status == 200:
        return redirect("conduct:day", plan=plan)
    return live_page.page(request, find(plan), status=status, **said)
