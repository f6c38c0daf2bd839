"""One scenario of a valid document -> RunSpec, with the checks that span several of its fields."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from chaos.domain.durations import say_duration
from chaos.domain.spec import Durations, ExpectationKind, RunSpec
from gameday.plans import compile_fault
from gameday.plans import compile_probes as probes
from gameday.plans.findings import Findings
from gameday.plans.problems import Path

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
STEADY = (ExpectationKind.HOLDS, ExpectationKind.RECOVERS_WITHIN)
"""What can be green again once a fault is gone."""


def compile_scenario(item: dict[str, Any], path: Path, findings: Findings) -> RunSpec:
    """What is wrong goes to `findings`; the spec means something only where nothing was."""
    spec = RunSpec(
        scenario=item["key"],
        title=item["title"],
        hypothesis=item["hypothesis"].strip(),
        faults=tuple(
            compile_fault.fault(fault, (*path, "faults", index), findings)
            for index, fault in enumerate(item["faults"])
        ),
        probes=tuple(
            probes.probe(probe, (*path, "probes", index), findings)
            for index, probe in enumerate(item["probes"])
        ),
        expectations=tuple(
            probes.expectation(expectation, (*path, "expectations", index), findings)
            for index, expectation in enumerate(item["expectations"])
        ),
        abort_conditions=tuple(
            probes.abort_condition(condition) for condition in item.get("abort_conditions", ())
        ),
        expected_alerts=tuple(
            probes.expected_alert(alert, (*path, "expected_alerts", index), findings)
            for index, alert in enumerate(item.get("expected_alerts", ()))
        ),
        durations=_durations(item["durations"], (*path, "durations"), findings),
    )
    findings.unique(item["probes"], "name", (*path, "probes"))
    _check_names(spec, path, findings)
    _check_proof(spec, path, findings)
    _check_times(spec, path, findings)
    return spec


def _durations(item: dict[str, str], path: Path, findings: Findings) -> Durations:
    return Durations(
        baseline=findings.duration(item["baseline"], (*path, "baseline"), 3 * SECOND, HOUR),
        observe=findings.duration(item["observe"], (*path, "observe"), 0 * SECOND, 4 * HOUR),
        revert_within=findings.duration(
            item["revert_within"], (*path, "revert_within"), 10 * SECOND, 4 * HOUR
        ),
    )


def _check_names(spec: RunSpec, path: Path, findings: Findings) -> None:
    known = [probe.name for probe in spec.probes]
    asked = {
        "expectations": [item.probe for item in spec.expectations],
        "abort_conditions": [item.probe for item in spec.abort_conditions],
    }
    for part, names in asked.items():
        for index, name in enumerate(names):
            if name not in known:
                sentence = f"There is no probe {name}; this scenario has {', '.join(known)}."
                findings.say((*path, part, index, "probe"), sentence)


def _check_proof(spec: RunSpec, path: Path, findings: Findings) -> None:
    if any(fault.targets for fault in spec.faults) and not spec.abort_conditions:
        findings.say((*path, "abort_conditions"), "A fault with targets needs at least one abort condition.")
    judged = [item.probe for item in spec.expectations if item.kind in STEADY]
    for index, fault in enumerate(spec.faults):
        compile_fault.check_proof(fault, judged, (*path, "faults", index), findings)


def _check_times(spec: RunSpec, path: Path, findings: Findings) -> None:
    if not findings.is_clean((*path, "faults")) or not findings.is_clean((*path, "durations")):
        return  # what would follow from a time that nobody meant
    watched = max((fault.duration for fault in spec.faults), default=0 * SECOND) + spec.durations.observe
    what = "The run is watched for {} after the injection"
    if any(fault.stages for fault in spec.faults):
        what = "A rung's time counts from its own injection, and the last is watched for {} after it"
    what = what.format(say_duration(watched))
    sentence = f"{what}; lengthen the fault's duration or observe, or expect this sooner."
    for index, expectation in enumerate(spec.expectations):
        if expectation.within is not None and expectation.within > watched:
            findings.say((*path, "expectations", index, expectation.kind.value, "within"), sentence)
    for index, alert in enumerate(spec.expected_alerts):
        if alert.within > watched:
            findings.say((*path, "expected_alerts", index, "within"), sentence)
