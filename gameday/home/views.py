"""The first page, and the answer for load balancers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render


def home(request: HttpRequest) -> HttpResponse:
    return render(request, "home/home.html")


def healthz(request: HttpRequest) -> JsonResponse:
    """That this process answers; nothing about what it can reach."""
    return JsonResponse({"status": "ok"})
