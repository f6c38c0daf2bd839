"""One run as the report tells it: verdict, what stopped it, receipt, cleanup, alerts, charts, timeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chaos.domain.spec import ExpectationKind, ProbeSpec
from chaos.domain.states import RunState, Verdict
from chaos.domain.verdict import Outcome
from chaos.services.certificates import Certificate
from chaos.services.evidence_queries import RunEvidence
from gameday.debriefs import alerts as alerting
from gameday.debriefs import charts, measures
from gameday.debriefs import report_proof as proof
from gameday.debriefs.alerts import AlertOutcome
from gameday.debriefs.measures import PhaseFigures, Recovery, clock, span
from gameday.debriefs.report_proof import Badge, InjectionReport, Moment
from gameday.debriefs.sources import DaySource, RunSource

VERDICTS = {
    Verdict.HELD: Badge("held", "✓", "good"),
    Verdict.DEVIATED: Badge("deviated", "▲", "notice"),
    Verdict.INCONCLUSIVE: Badge("inconclusive", "?", "blind"),
    Verdict.AWAITED: Badge("awaited", "…", "plain"),
}
ALERTS = {
    "on time": Badge("on time", "✓", "good"),
    "late": Badge("late", "▲", "notice"),
    "missed": Badge("missed", "▲", "notice"),
    "not as expected": Badge("not as expected", "▲", "notice"),
    "already firing": Badge("already firing", "?", "blind"),
    "not known": Badge("not known", "?", "blind"),
}


@dataclass(frozen=True, slots=True)
class ProbeReport:
    spec: ProbeSpec
    chart: charts.Chart | None
    figures: tuple[PhaseFigures, ...]
    has_bounds: bool


@dataclass(frozen=True, slots=True)
class RunReport:
    """`detected` and `recovered` are times for people; `zero` is the measured injection."""

    run: RunEvidence
    zero: datetime | None
    verdict: Badge
    ending: str
    was_breach: bool
    detected: str
    recovered: str
    cleanup: Badge
    cleanup_text: str
    certificate: Certificate
    certified: Badge
    expectations: tuple[tuple[str, Outcome], ...]
    receipt: tuple[Moment, ...]
    injections: tuple[InjectionReport, ...]
    alerts: tuple[tuple[AlertOutcome, Badge], ...]
    other_alerts: tuple[tuple[str, str], ...]
    probes: tuple[ProbeReport, ...]
    timeline: tuple[Moment, ...]


def run_report(source: RunSource, day: DaySource) -> RunReport:
    """Everything the report says about one run, computed from what was recorded."""
    run, zero = source.run, source.run.injected_at
    rung = run.rungs[0] if run.rungs else None
    alerts = [alerting.alert_outcome(item, source.alerts, rung) for item in run.spec.expected_alerts]
    events = sorted(
        (row for row in (*day.events, *day.organisation) if row["run"] == run.run),
        key=lambda row: (row["at"], row["stream"], row["seq"]),
    )
    recovered: Recovery = measures.recovery(run.spec, source.readings, run.rungs)
    cleanup, cleanup_text = proof.cleanup(run)
    others = alerting.other_alerts(run.spec, source.alerts, zero)
    return RunReport(
        run=run,
        zero=zero,
        verdict=VERDICTS[run.verdict],
        ending=_ending(run, day),
        was_breach=bool(run.stop and run.stop.kind.value == "breach"),
        detected=_detected(zero, alerts, events, day),
        recovered=recovered.sentence,
        cleanup=cleanup,
        cleanup_text=cleanup_text,
        certificate=source.certificate,
        certified=proof.CLEANUPS[source.certificate.verdict],
        expectations=_expectations(run),
        receipt=proof.receipt(run),
        injections=tuple(
            proof.injection_report(run, index, day.name) for index in range(len(run.injections))
        ),
        alerts=tuple((item, ALERTS[item.outcome]) for item in alerts),
        other_alerts=tuple((name, clock(at, zero)) for name, at in others),
        probes=tuple(_probe(source, probe) for probe in run.spec.probes),
        timeline=tuple(moment(row, zero, day) for row in events),
    )


def moment(row: Mapping[str, Any], zero: datetime | None, day: DaySource) -> Moment:
    """A journal row as a line of a timeline."""
    at = datetime.fromisoformat(row["at"])
    actor, recorded = row["actor"], row["actor_name"]
    by = recorded if recorded and recorded != actor else day.name(actor)
    is_theirs = row["audience"] == "organisers"
    return Moment(at, clock(at, zero), row["text"], by=by, kind=row["kind"], for_organisers=is_theirs)


def _ending(run: RunEvidence, day: DaySource) -> str:
    if run.stop:
        by = f" (by {day.name(run.stop.by)})" if run.stop.by else ""
        return run.stop.reason + by
    if run.state is RunState.COMPLETED:
        return "Nothing: it ran to its end."
    return f"Not over: it is {run.state.value}."


def _detected(
    zero: datetime | None,
    alerts: Sequence[AlertOutcome],
    events: Sequence[Mapping[str, Any]],
    day: DaySource,
) -> str:
    """By the first expected alert, and by the first person who said so."""
    if zero is None:
        return "nothing was injected"
    alerted = [(item.fired_at, f"alert {item.expected.name}") for item in alerts if item.fired_at]
    said = [
        (item.at, item.by)
        for item in (moment(row, zero, day) for row in events if _is_detection(row))
        if item.at >= zero
    ]
    found = [min(part) for part in (alerted, said) if part]
    return "; ".join(f"{_since(zero, at)}, {by}" for at, by in sorted(found)) or "not recorded"


def _since(zero: datetime, at: datetime) -> str:
    """Before the word of the person who injected it, the deed."""
    return span(at - zero) if at >= zero else f"{span(zero - at)} before the fault was known to be there"


def _is_detection(row: Mapping[str, Any]) -> bool:
    return row["kind"] == "milestone" and "detected" in row["body"].values()


def _expectations(run: RunEvidence) -> tuple[tuple[str, Outcome], ...]:
    """What was expected, in words, beside what came of it; outcomes stand in the spec's order."""
    found = []
    for item, outcome in zip(run.spec.expectations, run.outcomes, strict=False):
        what, within = outcome.expected, span(item.within) if item.within else ""
        words = {
            ExpectationKind.HOLDS: f"holds {what}",
            ExpectationKind.RECOVERS_WITHIN: f"is {what} again within {within}",
            ExpectationKind.HAPPENS_WITHIN: f"gets {what} within {within}",
        }
        found.append((words[item.kind], outcome))
    return tuple(found)


def _probe(source: RunSource, probe: ProbeSpec) -> ProbeReport:
    run = source.run
    readings = source.readings.get(probe.name, ())
    tolerances = measures.tolerances_of(run.spec, probe.name)
    own = [item.comparison for item in run.spec.expectations if item.probe == probe.name]
    bounds = [charts.Bound("tolerance", item) for item in dict.fromkeys(own)]
    stops = (item.comparison for item in run.spec.abort_conditions if item.probe == probe.name)
    bounds += [charts.Bound("stop", item) for item in stops]
    ended = _fault_ended(run)
    marks = charts.Span(run.injected_at, ended, run.stop.at if run.stop else None, run.marks.clean_at)
    figures = measures.phase_figures(readings, tolerances, run.injected_at, ended)
    return ProbeReport(
        probe, charts.draw(probe.name, probe.unit, readings, bounds, marks), figures, bool(tolerances)
    )


def _fault_ended(run: RunEvidence) -> datetime | None:
    """When the fault's time was up or it was stopped, whichever came first."""
    if run.injected_at is None:
        return None
    ends = [
        item.injected_at + injection.duration
        for item, injection in zip(run.progress, run.injections, strict=True)
        if item.injected_at
    ]
    planned = max(ends)
    return min(planned, max(run.stop.at, run.injected_at)) if run.stop else planned
