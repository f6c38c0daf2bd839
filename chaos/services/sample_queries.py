"""Readings for charts: as many as can be seen, however long a run was watched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Count, F, Max, Window
from django.db.models.functions import Mod, RowNumber

from chaos.domain.sight import Reading
from chaos.models import SampleChunk
from chaos.services.rows import ALERTS, readings_in

WHOLE = timedelta(minutes=10)
"""Of this much, up to the newest reading, every reading is looked at."""
EARLIER = 600
"""Of what was before that, so many chunks a probe: every second, every third, as many as it takes."""


def thinned(run: str, points: int) -> dict[str, tuple[Reading, ...]]:
    """By probe at most about `points` readings of a run, in order; extremes and unknown ones are kept.

    However long the run, no more than some 1,200 rows a probe are read.
    """
    chunks = SampleChunk.objects.filter(run__pk=run).exclude(probe=ALERTS)
    newest = chunks.aggregate(at=Max("first_at"))["at"]
    if newest is None:
        return {}
    since = newest - WHOLE
    found: dict[str, list[Reading]] = defaultdict(list)
    for chunk in [*_earlier(run, since), *chunks.filter(first_at__gte=since).order_by("first_at", "id")]:
        found[chunk.probe] += readings_in(chunk)
    return {
        probe: thin(sorted(readings, key=lambda item: item.at), points) for probe, readings in found.items()
    }


def newest_sample(run: str) -> int:
    """The number of the newest chunk of readings: a page shows all up to it. 0 before the first."""
    return SampleChunk.objects.filter(run__pk=run).aggregate(newest=Max("id"))["newest"] or 0


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


def _earlier(run: str, until: datetime) -> Sequence[SampleChunk]:
    chunks = SampleChunk.objects.filter(run__pk=run, first_at__lt=until).exclude(probe=ALERTS)
    most = max(
        (row["count"] for row in chunks.values("probe").annotate(count=Count("id")).order_by()), default=0
    )
    numbered = chunks.annotate(number=Window(RowNumber(), partition_by="probe", order_by="first_at"))
    every = -(-most // EARLIER) or 1
    return list(numbered.annotate(rest=Mod(F("number"), every)).filter(rest=0).order_by("first_at"))
