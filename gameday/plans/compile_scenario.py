"""One scenario of a valid document -> RunSpec, with the checks that span several of its fields."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from chaos.domain.durations import format_duration
from chaos.domain.errors import Refused
from chaos.domain.spec import NODE_KINDS, Durations, ExpectationKind, FaultSpec, RunSpec, Stage, TargetSpec
from chaos.faults import catalogue
from chaos.faults.base import Fault
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
            _fault(fault, (*path, "faults", index), findings) for index, fault in enumerate(item["faults"])
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


def _fault(item: dict[str, Any], path: Path, findings: Findings) -> FaultSpec:
    if path[-1] == 1:
        findings.say(path, "A scenario has one fault today; give the others scenarios of their own.")
    parameters: dict[str, str] = {}
    try:
        fault = catalogue.find(item["fault"])
        if fault.needs_targets and "targets" not in item:
            findings.say((*path, "targets"), f"targets is missing. What should {fault.name} be done to?")
        if not fault.needs_targets and "targets" in item:
            findings.say(
                (*path, "targets"), f"{fault.name} has no targets; say in its instructions what to do."
            )
        if "targets" in item:
            _check_targets(fault, item["targets"], (*path, "targets"), findings)
        try:
            parameters = fault.canonical(item.get("parameters", {}))
        except Refused as error:
            findings.refused((*path, "parameters"), error)
    except Refused as error:
        findings.refused(path, error)
    return FaultSpec(
        fault=item["fault"],
        duration=findings.duration(item["duration"], (*path, "duration"), SECOND, 24 * HOUR),
        targets=_targets(item["targets"]) if "targets" in item else None,
        parameters=parameters,
        stages=_stages(item, path, findings),
    )


def _stages(item: dict[str, Any], path: Path, findings: Findings) -> tuple[Stage, ...]:
    """Each rung's parameters are the fault's own with what differs; a size needs targets to be a size of."""
    stages = []
    if "stages" in item and item.get("targets", {}).get("kind") in NODE_KINDS:
        # Evicted pods move: each rung would find other nodes, and the limit of nodes is a scenario's.
        findings.say((*path, "stages"), "A ladder on nodes is not supported; plan a scenario for each rung.")
    for index, stage in enumerate(item.get("stages", ())):
        where: Path = (*path, "stages", index)
        if ("count" in stage or "percent" in stage) and "targets" not in item:
            findings.say(where, "A rung of a fault without targets has no count or percent.")
        given = {**item.get("parameters", {}), **stage.get("parameters", {})}
        try:
            parameters = catalogue.find(item["fault"]).canonical(given)
        except Refused as error:
            findings.refused((*where, "parameters"), error)
            continue
        stages.append(Stage(stage.get("count"), stage.get("percent"), parameters))
    return tuple(stages)


def _check_targets(fault: Fault, targets: dict[str, Any], path: Path, findings: Findings) -> None:
    kind, namespace = targets.get("kind", ""), targets.get("namespace")
    if fault.needs_targets:
        try:
            fault.check_targets(_targets(targets))
        except Refused as error:
            findings.refused(path, error)
    if kind == "node" and namespace:
        findings.say((*path, "namespace"), "Nodes are in no namespace; leave it out.")
    if kind != "node" and not namespace:
        findings.say((*path, "namespace"), "namespace is missing. Where are the pods looked for?")


def _targets(item: dict[str, Any]) -> TargetSpec:
    count, percent = item.get("count"), item.get("percent")
    return TargetSpec(
        namespace=item.get("namespace", ""),
        kind=item["kind"],
        labels=dict(item["labels"]),
        count=None if count is None else int(count),
        percent=None if percent is None else int(percent),
        zone=item.get("zone", ""),
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
        proof = fault.parameters.get("proven_by")
        if proof is not None and proof not in judged:
            findings.say(
                (*path, "faults", index, "parameters", "proven_by"),
                f"{proof} proves that the fault is gone, so an expectation must say where it is back.",
            )


def _check_times(spec: RunSpec, path: Path, findings: Findings) -> None:
    watched = max((fault.duration for fault in spec.faults), default=0 * SECOND) + spec.durations.observe
    sentence = (
        f"The run is watched for {format_duration(watched)} after the injection; lengthen the fault's "
        "duration or observe, or expect this sooner."
    )
    for index, expectation in enumerate(spec.expectations):
        if expectation.within is not None and expectation.within > watched:
            findings.say((*path, "expectations", index, expectation.kind.value, "within"), sentence)
    for index, alert in enumerate(spec.expected_alerts):
        if alert.within > watched:
            findings.say((*path, "expected_alerts", index, "within"), sentence)
