"""The report of one game day: a page that stands alone, reads in two minutes and prints well."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.template.loader import render_to_string

from chaos.domain.spec import RunSpec
from gameday.debriefs.report_proof import Badge, Moment
from gameday.debriefs.report_run import RunReport, moment, run_report
from gameday.debriefs.sources import DaySource
from gameday.plans.spec import Scenario


@dataclass(frozen=True, slots=True)
class ScenarioReport:
    """A scenario with its runs in order; none when it was not conducted."""

    key: str
    spec: RunSpec
    source: Scenario | None
    runs: tuple[RunReport, ...]


@dataclass(frozen=True, slots=True)
class DayReport:
    """`headline` and `safety` are the two sentences that a hurried reader takes away."""

    day: DaySource
    headline: str
    safety: Badge
    safety_text: str
    scenarios: tuple[ScenarioReport, ...]
    timeline: tuple[Moment, ...]


def day_report(day: DaySource) -> DayReport:
    """All that the report says. Scenarios in the plan's order, then those that it has no more."""
    reports = [run_report(source, day) for source in day.runs]
    planned = {item.key: item for item in day.plan.spec.scenarios}
    keys = [*planned, *(run.run.scenario for run in reports if run.run.scenario not in planned)]
    scenarios = []
    for key in dict.fromkeys(keys):
        runs = tuple(run for run in reports if run.run.scenario == key)
        spec = planned[key].run if key in planned else runs[-1].run.spec
        scenarios.append(ScenarioReport(key, spec, planned.get(key), runs))
    safety, safety_text = _safety(reports)
    rows = sorted((*day.events, *day.organisation), key=lambda row: (row["at"], row["stream"], row["seq"]))
    return DayReport(
        day=day,
        headline=_headline(scenarios),
        safety=safety,
        safety_text=safety_text,
        scenarios=tuple(scenarios),
        timeline=tuple(moment(row, None, day) for row in rows if not row["run"]),
    )


def render(report: DayReport) -> str:
    """The report as one HTML file: no script, nothing loaded from elsewhere, all text escaped."""
    return render_to_string(
        "debriefs/report.html", {"report": report, "day": report.day, "plan": report.day.plan.spec}
    )


def _headline(scenarios: list[ScenarioReport]) -> str:
    last = [scenario.runs[-1] for scenario in scenarios if scenario.runs]
    if not last:
        return "No scenario was conducted."
    verdicts = Counter(run.verdict.word for run in last)
    words = ", ".join(f"{count} {word}" for word, count in sorted(verdicts.items()))
    missing = len(scenarios) - len(last)
    rest = f", {missing} not conducted" if missing else ""
    noun = "scenario" if len(last) == 1 else "scenarios"
    return f"{len(last)} {noun} conducted: {words}{rest}."


def _safety(runs: list[RunReport]) -> tuple[Badge, str]:
    left = [run for run in runs if not run.run.is_proven_gone]
    if left:
        names = ", ".join(dict.fromkeys(run.run.spec.title for run in left))
        return Badge("Not proven gone", "■", "breach"), f"A fault may be left behind by: {names}."
    if not any(run.run.was_requested for run in runs):
        return Badge("Nothing injected", "✓", "good"), "No fault was requested of the cluster."
    return Badge("Every fault proven gone", "✓", "good"), "Measured on the platform, run by run, below."
