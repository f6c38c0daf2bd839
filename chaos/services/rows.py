"""Rows of the database to domain values and back."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from chaos.domain import codec
from chaos.domain.left import Left
from chaos.domain.record import Signals
from chaos.domain.run import Stop, Word
from chaos.domain.sight import Alert, AlertsReading, Reading
from chaos.domain.states import StopKind
from chaos.domain.targets import Limits
from chaos.journal.record import storable
from chaos.models import Halt, Run, SampleChunk
from chaos.services import clusters

log = logging.getLogger(__name__)

ALERTS = "ALERTS"
A_CHUNK = timedelta(seconds=5)
"""How long after its first instant a chunk may go on, at the very most."""


def stop_of(run: Run) -> Stop | None:
    if run.stop_wanted_at is None:
        return None
    return Stop(run.stop_wanted_at, StopKind(run.stop_kind), run.stop_reason, run.stopped_by)


def signals_of(run: Run, now: datetime) -> Signals:
    """`now` is an instant from before the rows were read."""
    words = tuple(Word(row.word, row.at, row.by, row.note) for row in run.words.all())
    return Signals(now, stop_of(run), lever_of(run.cluster_id), words, _limits_of(run), run.fence)


def _limits_of(run: Run) -> Limits | None:
    """None for a row that cannot be read: nothing starts by it, but a stop is heard all the same."""
    try:
        return clusters.info(run.cluster).limits
    except (TypeError, ValueError):
        log.exception("The limits of cluster %s cannot be read.", run.cluster_id)
        return None


def left_of(run: Run) -> tuple[Left, ...]:
    """What was left at the last look; of runs of an older release just the sentences."""
    return tuple(
        Left(item) if isinstance(item, str) else codec.from_plain(Left, item) for item in run.residue
    )


def lever_of(cluster_id: int) -> str:
    """Why nothing may start on this cluster, or ""."""
    held = Halt.objects.filter(released_at=None).filter(Q(cluster=None) | Q(cluster_id=cluster_id)).first()
    return f"{held.reason} (by {held.by})" if held else ""


def chunks_of(run: Run, readings: Iterable[Reading], alerts: Iterable[AlertsReading]) -> list[SampleChunk]:
    """One chunk per probe for all of these readings, which a driver hands over about once a second."""
    by_probe: dict[str, list[Any]] = defaultdict(list)
    first: dict[str, datetime] = {}
    for reading in readings:
        value = None if reading.value is None else repr(reading.value)
        by_probe[reading.probe].append([*_instants(reading), value, reading.unknown])
        first.setdefault(reading.probe, reading.at)
    for sampled in alerts:
        value = None if sampled.alerts is None else codec.to_plain(sampled.alerts)
        by_probe[ALERTS].append([*_instants(sampled), value, sampled.unknown])
        first.setdefault(ALERTS, sampled.at)
    return [
        SampleChunk(run=run, probe=probe, first_at=first[probe], readings=storable(rows))
        for probe, rows in by_probe.items()
    ]


def readings_of(run: Run) -> tuple[Reading, ...]:
    """Every reading of every probe of the run, in the order of their instants; once, also where a write whose
    answer was lost was sent again."""
    chunks = SampleChunk.objects.filter(run=run).exclude(probe=ALERTS).order_by("first_at", "id")
    readings = [
        reading for chunk in chunks.iterator() for reading in readings_in(chunk.probe, chunk.readings)
    ]
    return tuple(sorted(dict.fromkeys(readings), key=lambda reading: reading.at))


def readings_in(probe: str, readings: Iterable[Any]) -> list[Reading]:
    """The readings of a chunk; it must not be one of alerts."""
    return [
        Reading(probe, _instant(asked), _instant(at), None if value is None else float(value), unknown)
        for asked, at, value, unknown in readings
    ]


def alerts_of(run: Run) -> tuple[AlertsReading, ...]:
    """Every sample of the platform's alerts during the run."""
    chunks = SampleChunk.objects.filter(run=run, probe=ALERTS).order_by("first_at", "id")
    return tuple(
        AlertsReading(
            _instant(asked),
            _instant(at),
            None if value is None else tuple(codec.from_plain(Alert, item) for item in value),
            unknown,
        )
        for chunk in chunks.iterator()
        for asked, at, value, unknown in chunk.readings
    )


def alerts_watched(windows: Mapping[str, tuple[datetime, datetime]]) -> dict[str, tuple[datetime, ...]]:
    """When the alerts could be read, for each run and within its window, in order."""
    found: dict[str, list[datetime]] = {run: [] for run in windows}
    wanted = Q()
    for run, (since, until) in windows.items():
        wanted |= Q(run=run, first_at__gte=since - A_CHUNK, first_at__lte=until)
    chunks = SampleChunk.objects.filter(wanted, probe=ALERTS) if windows else SampleChunk.objects.none()
    for run_id, readings in chunks.order_by("first_at", "id").values_list("run", "readings"):
        found[str(run_id)] += [_instant(at) for _, at, value, _ in readings if value is not None]
    return {
        run: tuple(at for at in sorted(found[run]) if since <= at <= until)
        for run, (since, until) in windows.items()
    }


def _instants(reading: Reading | AlertsReading) -> tuple[str, str]:
    return codec.to_plain(reading.asked_at), codec.to_plain(reading.at)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
