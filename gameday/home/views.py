"""The first page, and the answer for load balancers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from gameday.home.desk import desk
from gameday.people.requests import user_of


def home(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    context = {"desk": desk(user_of(request), now), "today": now.date()}
    return render(request, "home/home.html", context)


def healthz(request: HttpRequest) -> JsonResponse:
    """That this process answers; nothing about what it can reach."""
    return JsonResponse({"status": "ok"})
