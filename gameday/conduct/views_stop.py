"""Stop, halt, release. Stop goes from this process straight to the clusters: no queue and no dialog."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from chaos.domain.errors import GamedayError, StoreUnavailable
from chaos.services import queries
from chaos.services.stop import Halted, Stopped
from gameday.conduct import services
from gameday.conduct.live_page import me

BY_HAND = "From the command line: python manage.py halt --as YOU --reason WHY."


def stop(request: HttpRequest) -> HttpResponse:
    """Stop the run that the button named, else every live run. The page that follows shows the way back."""
    reason = request.POST.get("reason", "").strip()
    try:
        runs = _runs(request.POST.get("run", ""))
        stopped = services.stop_runs(runs, me(request), reason, timezone.now())
    except StoreUnavailable as error:
        return render(request, "conduct/stop_failed.html", {"sentence": str(error)}, status=503)
    _say(request, stopped)
    if len(stopped.asked) == 1:
        return redirect("conduct:run", run=stopped.asked[0])
    return redirect(_from(request))


def _runs(named: str) -> list[str]:
    """The named run while it is live, else whatever is live on its plan, and everything where none is named:
    a page may be older than the run that its reader wants to stop."""
    live = queries.live_runs()
    if named in {item.run for item in live}:
        return [named]
    try:
        stream = queries.stream_of(UUID(named)) if named else ""
    except ValueError:
        stream = ""
    return [item.run for item in live if not stream or item.stream == stream]


def _say(request: HttpRequest, stopped: Stopped) -> None:
    count = len(stopped.asked)
    if not count and not stopped.failed:
        messages.info(request, "Nothing is live; there was nothing to stop.")
        return
    if count:
        what = "1 run" if count == 1 else f"{count} runs"
        messages.success(request, f"Stopping {what}. The deletes have gone to the cluster.")
    if stopped.waiting:
        seconds = services.ANSWERS_WITHIN.total_seconds()
        text = f"The cluster has not answered within {seconds:.0f} s; the run's driver goes on deleting."
        messages.warning(request, text)
    for sentence in stopped.failed.values():
        messages.warning(request, f"Not all went through: {sentence} The driver repeats it. {BY_HAND}")
    if stopped.record_error:
        text = "The deletes were sent all the same, and Gameday goes on trying to write it down."
        messages.warning(request, f"{stopped.record_error} {text}")


def _from(request: HttpRequest) -> str:
    there = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(there, {request.get_host()}, request.is_secure())
    return there if is_ours else "home"


def halt(request: HttpRequest) -> HttpResponse:
    """Stop everything on every cluster, and let nothing start until it is released."""
    if request.method != "POST":
        return _page(request)
    reason = request.POST.get("reason", "").strip()
    halted = services.halt(me(request).username, reason, timezone.now())
    messages.success(request, f"Halted. {_told(halted)}")
    for name, sentence in halted.failed.items():
        messages.warning(request, f"{name}: {sentence} {BY_HAND}")
    if halted.record_error:
        messages.warning(request, f"It could not be written down: {halted.record_error}")
    return redirect("conduct:halt")


def _told(halted: Halted) -> str:
    told = [str(item) for items in halted.deleted.values() for item in items]
    return f"Told to go: {', '.join(told)}." if told else "Nothing of ours was found in any cluster."


def release(request: HttpRequest) -> HttpResponse:
    reason = request.POST.get("reason", "").strip()
    try:
        services.release(me(request), reason, timezone.now())
    except GamedayError as error:
        return _page(request, 422, release_error=str(error), release_reason=reason)
    messages.success(request, "Released. Scenarios may be launched again.")
    return redirect("conduct:halt")


def _page(request: HttpRequest, status: int = 200, **said: Any) -> HttpResponse:
    return render(request, "conduct/halt.html", said, status=status)
