"""Reading runs: what pages, commands and reports show. Nothing here writes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from chaos.domain import codec
from chaos.domain.reverting import SEEN_WITHIN
from chaos.domain.run import Marks
from chaos.domain.states import RunState, StopKind, Verdict
from chaos.models import Contact, Halt, Run
from chaos.models.run import LIVE
from chaos.services import rows


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One line of a table. `was_requested`: a fault of it was sent; `was_injected`: measured to be there;
    `is_late`: something of it came after its end, and that is not measured to be gone."""

    run: str
    scenario: str
    title: str
    state: RunState
    verdict: Verdict
    launched_at: datetime
    state_since: datetime
    stop_reason: str
    was_stopped_by_person: bool
    marks: Marks
    residue: tuple[str, ...]
    lease_until: datetime | None
    was_requested: bool
    was_injected: bool
    is_late: bool

    @property
    def is_proven_gone(self) -> bool:
        """Only a run that ended is: its end takes a measured postcondition for every fault."""
        return self.state.is_final and not self.is_late

    @property
    def is_stranded(self) -> bool:
        return self.marks.stranded_at is not None and not self.state.is_final and self.marks.clean_at is None


@dataclass(frozen=True, slots=True)
class RunLine:
    """A run in a list of a day's scenarios."""

    run: str
    scenario: str
    state: RunState
    verdict: Verdict
    launched_at: datetime
    state_since: datetime
    stop_reason: str


@dataclass(frozen=True, slots=True)
class LiveRun:
    """A run that is under way, in few words."""

    run: str
    stream: str
    scenario: str
    title: str
    state: str
    environment: str
    cluster: str = ""
    overdue_at: datetime | None = None
    """From when on it is stranded, unless it is measured to be gone by then; None: it is, or nothing was
    asked for yet."""
    is_late: bool = False
    """It is over, and stands here for what came after its end."""

    def is_stranded(self, now: datetime) -> bool:
        """Its fault cannot be proven gone: its driver said so, or nobody did who should have by now."""
        return self.overdue_at is not None and now > self.overdue_at


IN_THE_CLUSTER = "pulled in the cluster, on no record here"


@dataclass(frozen=True, slots=True)
class Held:
    """A halt that was not released. `cluster` is None where it holds everywhere. What a cluster's lever alone
    holds is by `IN_THE_CLUSTER`, and `at` is when it was first seen."""

    at: datetime
    by: str
    reason: str
    cluster: str | None


def summary(run: str) -> RunSummary:
    return _summary(_rows().get(pk=run))


def runs_of(stream: str) -> list[RunSummary]:
    """All runs of a plan, oldest first."""
    return [_summary(row) for row in _rows().filter(stream=stream).order_by("launched_at")]


def live_run(stream: str) -> RunSummary | None:
    row = _rows().filter(stream=stream, state__in=LIVE).order_by("-launched_at").first()
    return _summary(row) if row else None


def live_runs(launched_by: datetime | None = None) -> list[LiveRun]:
    """Every run on every cluster that has not ended, launched by then, oldest first: one query."""
    found = Run.objects.filter(state__in=LIVE)
    if launched_by is not None:
        found = found.filter(launched_at__lte=launched_by)
    return _live(found)


def open_runs() -> list[LiveRun]:
    """Those, and the runs that are over but for what came after their end: one query."""
    return _live(Run.objects.filter(Q(state__in=LIVE) | Q(late_since__isnull=False)))


def _live(found: QuerySet[Run]) -> list[LiveRun]:
    columns = ("id", "stream", "scenario", "spec__title", "state", "cluster__environment", "cluster__name")
    times = (
        "late_since",
        "state_since",
        "not_after",
        "marks",
        "spec__durations__revert_within",
        "lease_until",
        "stop_wanted_at",
    )
    live = []
    for run, *row in found.order_by("launched_at").values_list(*columns, *times):
        (_, _, _, state, *_), (late_since, *since) = row[:6], row[6:]
        overdue_at = late_since or _overdue_at(state, *since)
        said = LiveRun(str(run), *row[:6])
        live.append(replace(said, overdue_at=overdue_at, is_late=late_since is not None))
    return live


def _overdue_at(
    state: str,
    since: datetime,
    not_after: datetime,
    marks: Mapping[str, str | None],
    within: int,
    lease_until: datetime | None,
    stop_wanted_at: datetime | None,
) -> datetime | None:
    """A driver that is dead says nothing: then the run's own deadlines do. `within` is in milliseconds.

    A driver that measured nothing to be left but a create that may still land has until then, and to its next
    look; one that has died since then has not."""
    if marks.get("clean_at"):
        return None
    if said := marks.get("stranded_at"):
        return datetime.fromisoformat(said)
    if state == RunState.REVERTING.value:
        overdue_at = since + timedelta(milliseconds=within)
        if said := marks.get("late_until"):
            last = datetime.fromisoformat(said) + SEEN_WITHIN
            overdue_at = max(overdue_at, min(last, lease_until or last))
        return overdue_at
    if state in (RunState.INJECTING.value, RunState.OBSERVING.value):
        return min(not_after, stop_wanted_at or not_after) + timedelta(milliseconds=within)
    return None


def halts() -> list[Held]:
    """The levers that are down: what holds everything first, then the oldest; last, what clusters alone hold,
    as they were last seen."""
    found = Halt.objects.filter(released_at=None)
    held = [Held(*row) for row in found.values_list("at", "by", "reason", "cluster__name")]
    held.sort(key=lambda item: item.cluster is not None)
    on_record = {item.cluster for item in held}
    if None in on_record:
        return held
    down = Contact.objects.exclude(lever="").exclude(cluster__name__in=on_record).order_by("lever_since")
    columns = down.values_list("lever_since", "lever", "cluster__name")
    return [*held, *(Held(at, IN_THE_CLUSTER, reason, name) for at, reason, name in columns if at)]


def stream_of(run: UUID | str) -> str:
    """The journal stream of a run's plan; empty for a run that is not there."""
    return Run.objects.filter(pk=run).values_list("stream", flat=True).first() or ""


def clusters_of(runs: Iterable[str]) -> dict[str, str]:
    """By run, the name of its cluster; a run that is not there is left out."""
    found = Run.objects.filter(pk__in=[*runs]).values_list("id", "cluster__name")
    return {str(run): name for run, name in found}


def exists(run: UUID | str) -> bool:
    return Run.objects.filter(pk=run).exists()


def newest_of_each(stream: str) -> dict[str, RunLine]:
    """By scenario its newest run, the newest of all first. Looks at the plan's newest thousand runs."""
    newest: dict[str, RunLine] = {}
    for line in _lines(stream):
        newest.setdefault(line.scenario, line)
    return newest


def _lines(stream: str) -> Iterator[RunLine]:
    columns = ("id", "scenario", "state", "verdict", "launched_at", "state_since", "stop_reason")
    rows = Run.objects.filter(stream=stream).order_by("-launched_at").values_list(*columns)[:1000]
    for run, scenario, state, verdict, *rest in rows:
        yield RunLine(str(run), scenario, RunState(state), Verdict(verdict), *rest)


def earlier_of_each(stream: str, most: int) -> dict[str, list[RunLine]]:
    """By scenario the runs before its newest one, newest first, at most so many of each."""
    found: dict[str, list[RunLine]] = {}
    for line in _lines(stream):
        found.setdefault(line.scenario, []).append(line)
    return {scenario: lines[1 : most + 1] for scenario, lines in found.items()}


def conducted(streams: Collection[str]) -> dict[str, int]:
    """How many different scenarios of each of these plans were run; those without any are left out."""
    found = Run.objects.filter(stream__in=streams).values("stream")
    return dict(found.annotate(count=Count("scenario", distinct=True)).values_list("stream", "count"))


def ended(streams: Collection[str]) -> set[tuple[str, str]]:
    """(stream, scenario) of these plans' scenarios of which a run has ended."""
    found = Run.objects.filter(stream__in=streams).exclude(state__in=LIVE).order_by()
    return set(found.values_list("stream", "scenario").distinct())


def last_conducted(most: int) -> list[tuple[str, datetime]]:
    """The streams of the plans that were run last, newest first, and when. Looks at the newest 500 runs."""
    newest: dict[str, datetime] = {}
    for stream, at in Run.objects.order_by("-launched_at").values_list("stream", "launched_at")[:500]:
        newest.setdefault(stream, at)
    return [*newest.items()][:most]


def _rows() -> QuerySet[Run]:
    return Run.objects.prefetch_related("injections")


def _summary(row: Run) -> RunSummary:
    known = [item.progress for item in row.injections.all()]
    return RunSummary(
        run=str(row.pk),
        scenario=row.scenario,
        title=row.spec["title"],
        state=RunState(row.state),
        verdict=Verdict(row.verdict),
        launched_at=row.launched_at,
        state_since=row.state_since,
        stop_reason=row.stop_reason,
        was_stopped_by_person=row.stop_kind in (StopKind.PERSON.value, StopKind.HALT.value),
        marks=codec.from_plain(Marks, row.marks),
        residue=tuple(item.sentence for item in rows.left_of(row)),
        lease_until=row.lease_until,
        was_requested=any(item.get("requested_at") for item in known),
        was_injected=any(item.get("injected_at") for item in known),
        is_late=row.late_since is not None or any(item.get("left_alone_at") for item in known),
    )
