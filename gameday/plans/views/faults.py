"""The catalogue: what a scenario may do to the platform, and what to know before one does."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from chaos.faults import page as words
from chaos.faults.catalogue import FAULTS
from chaos.faults.words import RISKS, WORDS
from gameday.plans.fault_groups import groups, touches


def faults(request: HttpRequest) -> HttpResponse:
    context = {
        "groups": groups(),
        "many": len(FAULTS),
        "risks": [(risk.value, meaning) for risk, meaning in RISKS.items()],
        "words": list(WORDS.items()),
    }
    return render(request, "plans/faults.html", context)


def fault(request: HttpRequest, fault: str) -> HttpResponse:
    found = FAULTS.get(fault)
    if found is None:
        raise Http404(f"There is no fault {fault}.")
    context = {
        "fault": found,
        "touches": touches(found),
        "gone": words.gone(found),
        "accounts": [(_plain(who), may) for who, may in words.accounts(found.family)] if found.family else [],
        "example": words.example_text(found),
        "duration": _plain(found.lasts),
    }
    return render(request, "plans/fault.html", context)


def _plain(text: str) -> str:
    """Without the marks of Markdown."""
    return text.replace("`", "")
