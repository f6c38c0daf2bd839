"""A run by its id or the beginning of it: engines, labels and `manage.py residue` have its first 8 digits."""

from __future__ import annotations

import re
from uuid import UUID

from chaos.domain.errors import Refused
from chaos.models import Run
from chaos.models.run import LIVE

_HEX = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){0,3}(-[0-9a-f]{12})?")


def rows_named(given: str, is_live: bool = False) -> list[Run]:
    """Those whose id begins so, two at the most; with `is_live` of those that have not ended."""
    if not _HEX.fullmatch(given):
        return []
    rows = Run.objects.filter(pk__startswith=given).order_by("pk").only("state")
    return [*(rows.filter(state__in=LIVE) if is_live else rows)[:2]]


def run_named(given: str, is_live: bool = False) -> str:
    """The whole id, for what a person typed. Raises Refused where no run has it, or several begin so."""
    rows = rows_named(_as_written(given), is_live)
    if len(rows) > 1:
        known = " and ".join(str(row.pk) for row in rows)
        raise Refused(f"{given} is the beginning of several runs, as {known}: give more of it.", "run")
    if not rows:
        raise Refused(f"There is no {'live ' if is_live else ''}run {given}.", "run")
    return str(rows[0].pk)


def _as_written(given: str) -> str:
    try:
        return str(UUID(given))
    except ValueError:
        return given.strip().lower()
