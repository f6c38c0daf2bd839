"""The debrief page: hypothesis against reality, what people noted, what was learned, who does what by when.

Figures come from the run and the journal, never from a second look at every reading: the page stays light
however long the day was. The report has the whole of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.db.models import Prefetch

from chaos.journal.models import JournalEntry
from chaos.journal.queries import entries
from chaos.services import evidence_queries, queries
from chaos.services.evidence_queries import RunEvidence
from chaos.services.queries import RunLine
from gameday.conduct.audience import readable
from gameday.debriefs import audience
from gameday.debriefs.measures import span
from gameday.debriefs.models import ActionItem, Finding, Severity
from gameday.debriefs.page_alerts import Line, lines_of
from gameday.debriefs.report_proof import cleanup
from gameday.plans.models import Plan
from gameday.plans.spec import PlanSpec, Scenario

TOLD = ("milestone", "alert.fired", "alert.resolved")
NOTES_A_PAGE, EARLIER = 40, 10


@dataclass(frozen=True, slots=True)
class Reality:
    """One run against its hypothesis. Times count from the measured injection."""

    run: RunEvidence
    detected: str
    alerts: tuple[Line, ...]
    ending: str
    cleanup: str
    is_gone: bool


@dataclass(frozen=True, slots=True)
class ScenarioDebrief:
    key: str
    title: str
    hypothesis: str
    last: Reality | None
    earlier: tuple[RunLine, ...]


@dataclass(frozen=True, slots=True)
class Debrief:
    """`notes` are those that have not become findings, in pages. `theirs`: findings, by key, that only the
    organisers may read now."""

    scenarios: tuple[ScenarioDebrief, ...]
    notes: Page[JournalEntry]
    findings: tuple[Finding, ...]
    theirs: frozenset[int] = frozenset()

    @property
    def conducted(self) -> int:
        return sum(item.last is not None for item in self.scenarios)

    @property
    def verdicts(self) -> Mapping[str, int]:
        counted: dict[str, int] = defaultdict(int)
        for item in self.scenarios:
            if item.last:
                counted[item.last.run.verdict.value] += 1
        return dict(counted)


def debrief(plan: Plan, spec: PlanSpec, kept: Collection[str], organiser: bool, notes: str = "1") -> Debrief:
    """What was learned on this day so far; a handful of queries.

    `kept` are the scenarios that this reader may not know of yet, `notes` which page of the notes is read.
    """
    newest = [line.run for line in queries.newest_of_each(plan.stream).values()]
    last = {run.scenario: run for run in evidence_queries.runs_of(plan.stream, only=newest)}
    earlier = queries.earlier_of_each(plan.stream, EARLIER)
    read = readable(entries(plan.stream), plan.stream, organiser)
    told = list(read.filter(kind__in=TOLD, run__in=newest))
    by_run: dict[str, list[JournalEntry]] = defaultdict(list)
    for entry in told:
        by_run[entry.run].append(entry)
    alerts = lines_of(last.values(), by_run)
    findings = findings_of(plan)
    used = [finding.note_seq for finding in findings if finding.note_seq]
    theirs = frozenset(finding.pk for finding in audience.kept(plan=plan))
    left = read.filter(kind="note").exclude(seq__in=used)
    return Debrief(
        scenarios=tuple(
            _scenario(item, last.get(item.key), earlier.get(item.key, ()), by_run, alerts)
            for item in spec.scenarios
            if item.key not in kept
        ),
        notes=Paginator(left, NOTES_A_PAGE).get_page(notes),
        findings=tuple(finding for finding in findings if organiser or finding.pk not in theirs),
        theirs=theirs,
    )


def findings_of(plan: Plan) -> list[Finding]:
    """Worst first."""
    actions = ActionItem.objects.select_related("owner")
    found = Finding.objects.filter(plan=plan).select_related("by")
    order = list(Severity.values)
    rows = found.prefetch_related(Prefetch("actions", queryset=actions))
    return sorted(rows, key=lambda item: (order.index(item.severity), item.at))


def _scenario(
    scenario: Scenario,
    last: RunEvidence | None,
    earlier: Sequence[RunLine],
    by_run: Mapping[str, Sequence[JournalEntry]],
    alerts: Mapping[str, tuple[Line, ...]],
) -> ScenarioDebrief:
    return ScenarioDebrief(
        key=scenario.key,
        title=scenario.run.title,
        hypothesis=scenario.run.hypothesis,
        last=_reality(last, by_run.get(last.run, ()), alerts[last.run]) if last else None,
        earlier=tuple(earlier),
    )


def _reality(run: RunEvidence, told: Sequence[JournalEntry], alerts: tuple[Line, ...]) -> Reality:
    _, gone = cleanup(run)
    ending = run.stop.reason if run.stop else "It was conducted to its end."
    return Reality(
        run=run,
        detected=_detected(run.injected_at, told),
        alerts=alerts,
        ending=ending,
        cleanup=gone,
        is_gone=run.is_proven_gone,
    )


def _detected(zero: datetime | None, told: Sequence[JournalEntry]) -> str:
    """By the first person who said so; alerts have lines of their own."""
    if zero is None:
        return "nothing was injected"
    said = [entry for entry in told if entry.kind == "milestone" and "detected" in entry.body.values()]
    after = [entry for entry in said if entry.at >= zero]
    if not after:
        return "nobody said so"
    return f"after {span(after[0].at - zero)}, {after[0].actor_name or after[0].actor}"
