"""A run of the small day, as its drivers would have written it so far."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from chaos.domain import codec
from chaos.domain.injection import Progress
from chaos.domain.run import Marks
from chaos.domain.sight import AlertsReading, Reading
from chaos.domain.states import RunState
from chaos.journal.record import append
from chaos.models import Run, RunInjection, SampleChunk
from chaos.services.rows import chunks_of
from gameday.conduct.arming import arm, inject
from gameday.plans.models import Plan
from tests.gameday.cast import NOW, who

SECOND = timedelta(seconds=1)


def launched(plan: Plan, at: datetime = NOW, key: str = "pod-kill") -> str:
    """Armed and injected by fiona; no driver has taken it up."""
    return inject(plan, arm(plan, key, who("fiona"), at).token(who("fiona")), who("fiona"), at).run


def driven(run: str, state: RunState, marks: Marks | None = None, **progress: datetime) -> None:
    """Put it into `state`, its injection as far as `progress` says."""
    Run.objects.filter(pk=run).update(
        state=state.value,
        state_since=NOW,
        marks=codec.to_plain(marks or Marks()),
        lease_until=None if state.is_final else NOW + 15 * SECOND,
    )
    RunInjection.objects.filter(run=run).update(progress=codec.to_plain(Progress(0, **progress)))


def live(plan: Plan) -> str:
    """Its fault was measured to be there 10 s ago."""
    run = launched(plan, NOW - 20 * SECOND)
    asked = NOW - 12 * SECOND
    driven(run, RunState.INJECTING, requested_at=asked, injected_at=NOW - 10 * SECOND)
    return run


def over(plan: Plan) -> str:
    """It ended as it was meant to."""
    run = launched(plan, NOW - 60 * SECOND)
    instants = [NOW - number * SECOND for number in (10, 9, 8, 7, 5)]
    names = ("ended_at", "accepted_at", "pods_gone_at", "clean_at", "steady_at")
    marks = Marks(decided_at=instants[0], **dict(zip(names, instants, strict=True)))
    asked, there = NOW - 42 * SECOND, NOW - 40 * SECOND
    driven(run, RunState.COMPLETED, marks, requested_at=asked, injected_at=there, reverted_at=instants[3])
    return run


def measured(run: str, *values: float | None, probe: str = "p99") -> None:
    """One reading a second, the last of them now."""
    row, first = Run.objects.get(pk=run), NOW - len(values) * SECOND
    found = [
        Reading(probe, at, at, value, "" if value is not None else "Prometheus did not answer within 2 s.")
        for number, value in enumerate(values, 1)
        for at in [first + number * SECOND]
    ]
    SampleChunk.objects.bulk_create(chunk for item in found for chunk in chunks_of(row, [item], []))


def alerts_read(run: str, *seconds_ago: float) -> None:
    """The alerts could be read at these instants; what fired is told by the journal."""
    row, instants = Run.objects.get(pk=run), [NOW - ago * SECOND for ago in seconds_ago]
    found = [AlertsReading(at, at, ()) for at in instants]
    SampleChunk.objects.bulk_create(chunk for item in found for chunk in chunks_of(row, [], [item]))


def told(
    run: str, kind: str, text: str, at: datetime = NOW, audience: str = "everyone", **body: object
) -> None:
    """An entry of the run's journal."""
    row = Run.objects.get(pk=run)
    with transaction.atomic():
        append(row.stream, kind, text, at=at, audience=audience, scenario=row.scenario, run=run, body=body)
