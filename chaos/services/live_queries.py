"""What is new of live runs, for those who follow a day as it happens: a few indexed reads, over and over."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, Max, OuterRef, QuerySet

from chaos.models import Run, SampleChunk
from chaos.models.run import LIVE
from chaos.services.rows import ALERTS

NOBODY_DRIVES = timedelta(seconds=12)
"""After the end of a driver's lease, or of a state that none ever held: then nobody watches the run."""

Point = tuple[int, float | None, str]
"""When the answer was in (milliseconds since 1970), the value or None, why it is unknown or ""."""


@dataclass(frozen=True, slots=True)
class Samples:
    """What one probe answered in about a second. `chunk` grows within a run."""

    chunk: int
    run: str
    stream: str
    probe: str
    points: tuple[Point, ...]


def live_runs_on(stream: str) -> frozenset[str]:
    """The ids of the stream's runs that have not ended."""
    found = Run.objects.filter(stream=stream, state__in=LIVE)
    return frozenset(map(str, found.values_list("id", flat=True)))


def undriven(now: datetime) -> frozenset[str]:
    """The ids of all live runs that no driver has held for a while."""
    found = Run.objects.filter(state__in=LIVE).values_list("id", "lease_until", "state_since")
    return frozenset(str(run) for run, lease, since in found if now > (lease or since) + NOBODY_DRIVES)


def driver_of(run: str) -> str:
    """The process that holds the run, or held it last; "" where none does."""
    return Run.objects.values_list("owner", flat=True).get(pk=run)


def samples_of_runs(runs: Collection[str], after: int) -> list[Samples]:
    """What the probes of these runs answered, in the order in which it was written, chunks above `after`.

    A run has one writer at a time, so that a smaller number never turns up later within a run.
    """
    if not runs:
        return []
    return _samples(_chunks().filter(run_id__in=runs, id__gt=after))


def samples_of_stream(stream: str, after: int, most: int) -> list[Samples]:
    """The same of all runs of one stream, ended ones too; `most` of them."""
    runs = Run.objects.filter(stream=stream).values_list("id", flat=True)
    return _samples(_chunks().filter(run_id__in=list(runs), id__gt=after)[:most])


def newest_chunk(stream: str) -> int:
    """The number of the last chunk that any run of the stream wrote; 0 where nothing was sampled."""
    sampled = Run.objects.filter(Exists(SampleChunk.objects.filter(run=OuterRef("pk"))), stream=stream)
    run = sampled.order_by("-launched_at").values_list("id", flat=True).first()
    if run is None:
        return 0
    # Grouped, so that the run's own index is read and not the whole table backwards.
    found = SampleChunk.objects.filter(run_id=run).order_by("run_id").values("run_id")
    return max((row["newest"] for row in found.annotate(newest=Max("id"))), default=0)


def _chunks() -> QuerySet[SampleChunk, tuple[Any, ...]]:
    found = SampleChunk.objects.exclude(probe=ALERTS).order_by("id")
    return found.values_list("id", "run_id", "run__stream", "probe", "readings")


def _samples(rows: Iterable[tuple[Any, ...]]) -> list[Samples]:
    return [
        Samples(chunk, str(run), stream, probe, tuple(map(_point, readings)))
        for chunk, run, stream, probe, readings in rows
    ]


def _point(reading: list[Any]) -> Point:
    _, at, value, unknown = reading
    milliseconds = round(datetime.fromisoformat(at).timestamp() * 1000)
    return milliseconds, None if value is None else float(value), unknown
