"""Readings for charts: as many as can be seen, however long a run was watched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Count, F, Max, Min, QuerySet, Window
from django.db.models.functions import Mod, RowNumber

from chaos.domain.sight import Reading
from chaos.models import SampleChunk
from chaos.services.rows import ALERTS, readings_in

WHOLE = timedelta(minutes=5)
"""Of this much, up to the newest reading, every reading is looked at."""
EARLIER = 300
"""Of what was before that, so many chunks a probe: every second, every third, as many as it takes."""


def thinned(run: str, points: int) -> dict[str, tuple[Reading, ...]]:
    """By probe at most about `points` readings of a run, in order; extremes and unknown ones are kept.

    However long the run, no more than some 600 rows a probe are read.
    """
    chunks = SampleChunk.objects.filter(run__pk=run).exclude(probe=ALERTS).order_by("first_at", "id")
    span = chunks.aggregate(first=Min("first_at"), newest=Max("first_at"))
    if span["newest"] is None:
        return {}
    since = span["newest"] - WHOLE
    earlier = _earlier(chunks.filter(first_at__lt=since)) if span["first"] < since else ()
    found: dict[str, list[Reading]] = defaultdict(list)
    for rows in (earlier, chunks.filter(first_at__gte=since).values_list("probe", "readings")):
        for probe, readings in rows:
            found[probe] += readings_in(probe, readings)
    return {
        probe: thin(sorted(readings, key=lambda item: item.at), points) for probe, readings in found.items()
    }


def thin(readings: Sequence[Reading], points: int) -> tuple[Reading, ...]:
    """Of each of `points / 2` equal stretches the lowest, the highest and the first unknown reading."""
    if len(readings) <= points:
        return tuple(readings)
    size = -(-len(readings) * 2 // points)
    kept: list[Reading] = []
    for start in range(0, len(readings), size):
        stretch = readings[start : start + size]
        unknown = next((item for item in stretch if item.value is None), None)
        known = [(item.value, index) for index, item in enumerate(stretch) if item.value is not None]
        picked = {stretch[index].at: stretch[index] for _, index in (min(known), max(known))} if known else {}
        if unknown:
            picked[unknown.at] = unknown
        kept += [picked[at] for at in sorted(picked)]
    return tuple(kept)


def _earlier(chunks: QuerySet[SampleChunk]) -> Iterable[tuple[str, Any]]:
    counts = chunks.order_by().values("probe").annotate(count=Count("id")).values_list("count", flat=True)
    every = -(-max(counts) // EARLIER)
    numbered = chunks.annotate(number=Window(RowNumber(), partition_by="probe", order_by="first_at"))
    picked = numbered.annotate(rest=Mod(F("number"), every)).filter(rest=0)
    return picked.values_list("probe", "readings")
