"""Addresses of plans and faults. Where plans stand is asked of who knows the approvals policy."""

from __future__ import annotations

from django.urls import URLPattern, path

from gameday.plans.standing import Standings
from gameday.plans.views import beginning, editing, faults, pages

app_name = "plans"


def urls(standings: Standings) -> tuple[list[URLPattern], str]:
    asked = {"standings": standings}
    return [
        path("plans/", pages.plans, asked, name="plans"),
        path("plans/new", beginning.new, name="new"),
        path("plans/upload", beginning.upload, name="upload"),
        path("plans/<slug:plan>/", pages.plan, asked, name="plan"),
        path("plans/<slug:plan>/plan.yaml", pages.file, name="file"),
        path("plans/<slug:plan>/preview", pages.look, name="preview"),
        path("plans/<slug:plan>/versions/<int:version>", pages.version, name="version"),
        path("plans/<slug:plan>/edit", editing.facts, name="edit"),
        path("plans/<slug:plan>/duplicate", beginning.duplicate, name="duplicate"),
        path("plans/<slug:plan>/scenarios/new", editing.new_scenario, name="new-scenario"),
        path("plans/<slug:plan>/scenarios/<slug:scenario>/edit", editing.scenario, name="scenario"),
        path("faults/", faults.faults, name="faults"),
        path("faults/<slug:fault>", faults.fault, name="fault"),
    ], app_name
