"""One run as the report tells it: verdict, what stopped it, receipt, cleanup, alerts, charts, timeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chaos.domain.injection import Injection, InverseKind
from chaos.domain.spec import ProbeSpec
from chaos.domain.states import RunState, Verdict
from chaos.services.evidence_queries import RunEvidence
from gameday.debriefs import charts, measures
from gameday.debriefs.measures import AlertOutcome, PhaseFigures, Recovery, clock, span
from gameday.debriefs.sources import DaySource, RunSource


@dataclass(frozen=True, slots=True)
class Badge:
    """A word with its icon and its meaning: good, notice, breach, blind or plain."""

    word: str
    icon: str
    meaning: str


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
    "already firing": Badge("already firing", "?", "blind"),
    "not known": Badge("not known", "?", "blind"),
}
_STEPS = (
    ("breach_at", "First reading beyond the bound"),
    ("decided_at", "Decided to revert"),
    ("accepted_at", "The cluster accepted every delete"),
    ("pods_gone_at", "The fault's own jobs and pods are gone"),
    ("stranded_at", "Deadline for reverting passed with residue left"),
    ("clean_at", "Every fault measured to be gone"),
    ("steady_at", "Steady state is back"),
    ("cleared_at", "Our own objects removed from the cluster"),
)


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant in UTC and from the injection; `since` is from the first step of its list."""

    at: datetime
    clock: str
    text: str
    since: str = ""
    by: str = ""
    kind: str = ""
    for_organisers: bool = False


@dataclass(frozen=True, slots=True)
class ProbeReport:
    spec: ProbeSpec
    chart: charts.Chart | None
    figures: tuple[PhaseFigures, ...]
    has_bounds: bool


@dataclass(frozen=True, slots=True)
class InjectionReport:
    injection: Injection
    injected: str
    reverted: str
    proof: tuple[str, ...]


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
    receipt: tuple[Moment, ...]
    injections: tuple[InjectionReport, ...]
    alerts: tuple[tuple[AlertOutcome, Badge], ...]
    other_alerts: tuple[tuple[str, str], ...]
    probes: tuple[ProbeReport, ...]
    timeline: tuple[Moment, ...]


def run_report(source: RunSource, day: DaySource) -> RunReport:
    """Everything the report says about one run, computed from what was recorded."""
    run, zero = source.run, source.run.injected_at
    alerts = [measures.alert_outcome(item, source.alerts, zero) for item in run.spec.expected_alerts]
    events = sorted(
        (row for row in (*day.events, *day.organisation) if row["run"] == run.run),
        key=lambda row: (row["at"], row["stream"], row["seq"]),
    )
    recovered: Recovery = measures.recovery(run.spec, source.readings, zero)
    cleanup, cleanup_text = _cleanup(run)
    others = measures.other_alerts(run.spec, source.alerts, zero)
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
        receipt=_receipt(run),
        injections=tuple(_injection(run, index) for index in range(len(run.injections))),
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
    """By whichever came first: an expected alert, or a person's milestone."""
    if zero is None:
        return "nothing was injected"
    found = [(item.fired_at, f"alert {item.expected.name}") for item in alerts if item.fired_at]
    for row in events:
        if row["kind"] == "milestone" and "detected" in row["body"].values():
            found.append((datetime.fromisoformat(row["at"]), moment(row, zero, day).by))
    after = sorted(item for item in found if item[0] >= zero)
    return f"{span(after[0][0] - zero)}, {after[0][1]}" if after else "not recorded"


def _cleanup(run: RunEvidence) -> tuple[Badge, str]:
    if not run.was_requested:
        return Badge("nothing to revert", "✓", "good"), "No fault was requested of the cluster."
    clean_at = run.marks.clean_at
    if clean_at:
        since = f", {span(clean_at - run.marks.decided_at)} after deciding" if run.marks.decided_at else ""
        return Badge("proven gone", "✓", "good"), f"Measured at {clock(clean_at, run.injected_at)}{since}."
    left = "; ".join(run.residue) or "no look at the cluster has shown otherwise"
    return Badge("not proven gone", "■", "breach"), f"Left at the last look: {left}."


def _receipt(run: RunEvidence) -> tuple[Moment, ...]:
    found = [(getattr(run.marks, name), text) for name, text in _STEPS]
    steps = sorted(((at, text) for at, text in found if at), key=lambda step: step[0])
    return tuple(
        Moment(at, clock(at, run.injected_at, tenths=True), text, since=span(at - steps[0][0]))
        for at, text in steps
    )


def _injection(run: RunEvidence, index: int) -> InjectionReport:
    injection, progress = run.injections[index], run.progress[index]
    injected = "Never measured to be there."
    if progress.injected_at:
        injected = f"Measured to be there at {progress.injected_at:%Y-%m-%d %H:%M:%S} UTC"
        if progress.not_before and progress.not_before < progress.injected_at:
            width = span(progress.injected_at - progress.not_before)
            injected += f"; the look {width} before had not shown it"
        injected += "."
    reverted = "Not measured to be gone."
    if progress.reverted_at:
        reverted = f"Measured to be gone at {clock(progress.reverted_at, run.injected_at)}."
    return InjectionReport(injection, injected, reverted, proof_words(injection))


def proof_words(injection: Injection) -> tuple[str, ...]:
    """What had to be measured before anyone said "reverted"."""
    post, words = injection.postcondition, []
    if post.ready_at_least:
        labels = ", ".join(f"{key}={value}" for key, value in sorted(post.labels.items()))
        words.append(f"at least {post.ready_at_least} pods with {labels} are ready in {post.namespace}")
    if post.gone:
        words.append("none of the targeted pods is still terminating")
    if injection.inverse is InverseKind.PERSON:
        words.append("a named person says that it is undone")
    if post.probe:
        words.append(f"{post.probe} is back in its tolerance, by readings taken after that")
    words.append("no engine, job or pod of this run is left in the cluster")
    return tuple(words)


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
