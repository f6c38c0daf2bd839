"""What the frame of every page shows: what is live, and whether everything is halted."""

from __future__ import annotations

from typing import Any

from django.db import Error
from django.http import HttpRequest

from chaos.journal import slug_of
from chaos.services import queries


def frame(request: HttpRequest) -> dict[str, Any]:
    """For who is signed in: `frame.live` (runs under way), `frame.halts`, `frame.blind` (no database)."""
    if not getattr(getattr(request, "user", None), "is_authenticated", False):
        return {}
    try:
        live, halts = queries.live_runs(), queries.halts()
    except Error:  # a page that says so is better than none
        return {"frame": {"live": [], "halts": [], "blind": True}}
    return {
        "frame": {
            "live": [{"run": item, "plan": slug_of(item.stream)} for item in live],
            "halts": halts,
            "blind": False,
        }
    }
