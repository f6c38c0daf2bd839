"""The report on screen, and the evidence to take away."""

from __future__ import annotations

import hashlib
import re
import tempfile
from base64 import b64encode
from dataclasses import replace
from pathlib import Path

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header

from gameday.conduct.audience import readable_rows
from gameday.debriefs.evidence import write_bundle
from gameday.debriefs.gather import gather
from gameday.debriefs.report import day_report
from gameday.debriefs.report import render as render_report
from gameday.people.requests import user_of
from gameday.plans.audience import hidden, is_organiser
from gameday.plans.services import plan as find_plan

KEPT = "The report names scenarios that the organisers keep to themselves until they have been run."
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


def report(request: HttpRequest, plan: str) -> HttpResponseBase:
    """The very page that lies in the bundle; without what is the organisers' now, for everybody else.

    It stands alone, so its style is inside: its hash is allowed.
    """
    found = find_plan(plan)
    user = user_of(request)
    if hidden(user, found, found.compiled()):
        return render(request, "403.html", {"sentence": KEPT}, status=403)
    day, _ = gather(plan, timezone.now())
    if not is_organiser(user, found):
        events, others = (readable_rows(rows, found.stream) for rows in (day.events, day.organisation))
        day = replace(day, events=events, organisation=others)
    page = render_report(day_report(day))
    hashes = [b64encode(hashlib.sha256(style.encode()).digest()).decode() for style in _STYLE.findall(page)]
    with_style = csp_update({"style-src": [f"'sha256-{digest}'" for digest in hashes]})
    return with_style(lambda request: HttpResponse(page))(request)


def evidence(request: HttpRequest, plan: str) -> HttpResponse:
    """The signed bundle. Who took it out stands in the journal."""
    with tempfile.TemporaryDirectory() as folder:
        bundle = write_bundle(plan, Path(folder), timezone.now(), user_of(request))
        # Whole, as it was packed: a file that is handed out piece by piece is none that ASGI can wait for.
        content = bundle.path.read_bytes()
    named = content_disposition_header(True, bundle.path.name) or "attachment"
    headers = {"Content-Disposition": named, "Content-Length": str(len(content))}
    return HttpResponse(content, content_type="application/zip", headers=headers)
