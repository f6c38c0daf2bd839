"""Stop, halt, release. Stop goes from this process straight to the clusters: no queue and no dialog."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone

from chaos.domain.errors import GamedayError, Refused, StoreUnavailable
from chaos.services import clusters, queries, releasing
from chaos.services.halting import Halted
from chaos.services.releasing import Asked
from chaos.services.stop import Stopped
from gameday.conduct import services
from gameday.conduct.live_page import me
from gameday.conduct.stop_answer import Answer, pressed
from gameday.people.models import User

BY_HAND = "From the command line: python manage.py halt --as YOU --reason WHY."


def stop(request: HttpRequest) -> HttpResponse:
    """Stop the run that the button named, and no other; every live run where it named none."""
    press = pressed(request)
    if press.is_too_old:
        return Answer(wanting=[press.too_old("Stop")]).to(request)
    named = request.POST.get("run", "")
    try:
        live = [item.run for item in queries.live_runs()]
        if named:
            runs = [run for run in live if run == named]
        else:
            runs = [item.run for item in queries.live_runs(press.until)]
        stopped = services.stop_runs(runs, me(request), press.reason, timezone.now())
    except (StoreUnavailable, Error) as error:
        return render(request, "conduct/stop_failed.html", {"sentence": str(error)}, status=503)
    answer = _told(stopped)
    if not stopped.asked and not stopped.failed:
        answer = _nothing_to_stop(named, len(live))
    elif not named and len(live) > len(runs):
        answer.wanting.append("What was launched after Stop was pressed goes on. Press it again for that.")
    return answer.to(request)


def _nothing_to_stop(named: str, live: int) -> Answer:
    """A page may be older than what is live. It never stops another run than it names: that may be another
    team's."""
    if not live:
        return Answer(["Nothing is live; there was nothing to stop."])
    if not named:
        return Answer(
            wanting=["What is live was launched after Stop was pressed. Press it again to stop that."]
        )
    others = "1 other run is" if live == 1 else f"{live} other runs are"
    text = f"The run of that page is not live, so nothing was stopped. {others} live: press Stop there."
    return Answer(wanting=[text], where=resolve_url("home"))


def _told(stopped: Stopped) -> Answer:
    """No driver is promised here: nobody knows whether one lives."""
    answer, count, goes_on = Answer(), len(stopped.taken), f"Gameday goes on trying from here. {BY_HAND}"
    if len(stopped.asked) == 1:
        answer.where = resolve_url("conduct:run", run=UUID(stopped.asked[0]))
    if count:
        what = "1 run" if count == 1 else f"{count} runs"
        answer.good.append(f"Stopping {what}. The deletes have gone to the cluster.")
    for run in stopped.waiting:
        answer.wanting.append(f"{stopped.clusters[run]} has not answered within {_seconds()}. {goes_on}")
    for run, sentence in stopped.failed.items():
        text = f"{stopped.clusters[run]} has not been told yet: {sentence.rstrip('.')}. {goes_on}"
        answer.wanting.append(text)
    if stopped.record_error:
        sent = "The deletes were sent all the same, and " if count else ""
        answer.wanting.append(f"{stopped.record_error} {sent}Gameday goes on trying to write it down.")
    return answer


def _seconds() -> str:
    return f"{services.ANSWERS_WITHIN.total_seconds():g} s"


def halt(request: HttpRequest) -> HttpResponse:
    """Stop everything on every cluster, and let nothing start until it is released."""
    if request.method != "POST":
        return _page(request)
    press = pressed(request)
    if press.is_too_old:
        return Answer(wanting=[press.too_old("Halt")], where=resolve_url("conduct:halt")).to(request)
    by, cluster = me(request).username, request.POST.get("cluster", "")
    try:
        halted = services.halt(by, press.reason, timezone.now(), services.ANSWERS_WITHIN, cluster)
    except Refused as error:
        return Answer(wanting=[str(error)], where=resolve_url("conduct:halt")).to(request)
    answer = Answer([_latched(halted, cluster)], where=resolve_url("conduct:halt"))
    goes_on = f"Gameday goes on trying there. {BY_HAND}"
    answer.wanting += [f"{name} has not answered within {_seconds()}. {goes_on}" for name in halted.waiting]
    answer.wanting += [f"{name}: {sentence} {goes_on}" for name, sentence in halted.failed.items()]
    if halted.record_error:
        kept = (
            "kept on this machine's disk, and goes into the journal late" if halted.spooled else "in the log"
        )
        text = f"It is not written down yet: {halted.record_error.rstrip('.')}. It is {kept}."
        answer.wanting.append(text)
    return answer.to(request)


def _latched(halted: Halted, cluster: str) -> str:
    """What is written down, and what was told to go where a cluster answered."""
    what, there = (f"Halted on {cluster}", " there") if cluster else ("Halted", "")
    if halted.since:
        said = f"{what} by you since {halted.since:%H:%M:%S} UTC, which stands; deleted again."
    else:
        latched = f"{what}, and written down: nothing starts{there} until it is released."
        said = f"{what}." if halted.record_error else latched
    told = [str(item) for items in halted.deleted.values() for item in items]
    clear = [name for name in halted.deleted if name not in halted.failed]
    if told:
        return f"{said} Told to go: {', '.join(told)}."
    return f"{said} Nothing of ours was found on {', '.join(clear)}." if clear else said


def release(request: HttpRequest) -> HttpResponse:
    reason, cluster = request.POST.get("reason", "").strip(), request.POST.get("cluster", "")
    try:
        released = services.release(me(request), reason, timezone.now(), cluster)
    except GamedayError as error:
        said = {"release_error": str(error), "release_reason": reason, "release_cluster": cluster}
        return _page(request, 422, **said)
    where = f" on {cluster}" if cluster else ""
    if released.waits:
        messages.warning(request, "Asked for. A second administrator has to release it too, within an hour.")
    else:
        messages.success(request, f"Released. Scenarios may be launched again{where}.")
    return redirect("conduct:halt")


def _page(request: HttpRequest, status: int = 200, **said: Any) -> HttpResponse:
    held, names = [item.cluster or "" for item in queries.halts()], clusters.names()
    # What is held with everything is let go with that first. A lever that only a cluster holds is on no
    # record, so each is offered.
    releasable = [""] if "" in held else [*dict.fromkeys([*held, "", *names])]
    context = {
        "clusters": names,
        "is_everything": "" in held,
        "releasable": releasable,
        "takes_two": settings.RELEASE_TAKES_TWO,
        "asked": _asked(releasable) if settings.RELEASE_TAKES_TWO else [],
    }
    return render(request, "conduct/halt.html", context | said, status=status)


def _asked(releasable: Collection[str]) -> list[tuple[Asked, str]]:
    """Who waits for a second person, each with their name."""
    asked = [item for item in releasing.asked(timezone.now()) if item.cluster in releasable]
    found = User.objects.filter(username__in={item.by for item in asked})
    names = dict(found.values_list("username", "name"))
    return [(item, names.get(item.by) or item.by) for item in asked]
