"""The first page, the alarm on every page, and the answers for load balancers and Prometheus."""

from __future__ import annotations

from django.db import Error
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from gameday.home import measures
from gameday.home.desk import desk
from gameday.people.requests import user_of


def home(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    context = {"desk": desk(user_of(request), now), "today": now.date()}
    return render(request, "home/home.html", context)


def alarm(request: HttpRequest) -> HttpResponse:
    """What stands under the head of every page while something is stranded or halted; pages ask for it."""
    return render(request, "web/_alarm.html")


def metrics(request: HttpRequest) -> HttpResponse:
    """For a Prometheus that wakes somebody: numbers alone, no names. 503 while the database is away."""
    try:
        text = measures.text(timezone.now())
    except Error:
        return HttpResponse("# The database cannot be read.\n", status=503, content_type="text/plain")
    return HttpResponse(text, content_type="text/plain; version=0.0.4; charset=utf-8")


def healthz(request: HttpRequest) -> JsonResponse:
    """That this process answers; nothing about what it can reach."""
    return JsonResponse({"status": "ok"})
