"""What a page sends with Stop or Halt, and what it is answered: its script as data, a browser as a page."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone

from gameday.web.templatetags.web import span

LASTS = timedelta(minutes=10)
"""How long a press counts. Who comes back to an old page must not stop what others run since; the script that
sends it again and again, `stop.js`, gives up by then."""
AT_ONCE = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Press:
    """`ago`: how long before it got here the button was pressed. `why` may be empty: that delays no stop."""

    why: str
    arrived: datetime
    ago: timedelta

    @property
    def is_too_old(self) -> bool:
        return self.ago > LASTS

    @property
    def until(self) -> datetime | None:
        """What was launched later, whoever pressed did not mean. None: it has only just been pressed."""
        return self.arrived - self.ago if self.ago >= AT_ONCE else None

    @property
    def reason(self) -> str:
        """With both times where they differ: everything else counts from when it got here."""
        if self.until is None:
            return self.why
        when = f"Pressed at {self.until:%H:%M:%S} UTC, {span(self.ago)} before it reached Gameday."
        return f"{self.why or 'No reason was given.'} {when}"

    def too_old(self, word: str) -> str:
        ago = span(self.ago)
        return f"{word} was pressed {ago} ago, too long to count: nothing was stopped. Press it again."


def pressed(request: HttpRequest) -> Press:
    """`ago` is in seconds, by the clock of the browser; a form that a browser sends itself has none."""
    try:
        seconds = float(request.POST.get("ago", "0"))
    except ValueError:
        seconds = 0.0
    if not math.isfinite(seconds):
        seconds = 0.0
    ago = timedelta(seconds=min(max(seconds, 0.0), 10 * 86400.0))
    return Press(request.POST.get("reason", "").strip(), timezone.now(), ago)


@dataclass(slots=True)
class Answer:
    """`good`: what was done. `wanting`: what was not, or is not yet. `where`: the address that shows how it
    goes on, or ""."""

    good: list[str] = field(default_factory=list)
    wanting: list[str] = field(default_factory=list)
    where: str = ""

    def to(self, request: HttpRequest) -> HttpResponse:
        """A script is answered by this alone, not by the page that comes next: that may not be one to GET."""
        if "application/json" in request.headers.get("Accept", ""):
            told = " ".join([*self.good, *self.wanting])
            return JsonResponse({"told": told, "is_whole": not self.wanting, "where": self.where})
        for text in self.good:
            messages.success(request, text)
        for text in self.wanting:
            messages.warning(request, text)
        return redirect(self.where or "home")
