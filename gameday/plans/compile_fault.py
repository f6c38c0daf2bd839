"""What a scenario does to the platform: a fault, its targets and the rungs of its ladder."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from chaos.domain.errors import Refused
from chaos.domain.spec import NODE_KINDS, FaultSpec, Stage, TargetSpec
from chaos.faults import catalogue, ladder
from chaos.faults.base import Fault
from chaos.faults.parameters import MILLISECOND, SECOND
from gameday.plans.findings import Findings
from gameday.plans.problems import Path

SHORTEST, LONGEST = timedelta(seconds=1), timedelta(hours=24)


def fault(item: dict[str, Any], path: Path, findings: Findings) -> FaultSpec:
    if path[-1] == 1:
        findings.say(path, "A scenario has one fault today; give the others scenarios of their own.")
    parameters: dict[str, str] = {}
    stages: tuple[Stage, ...] = ()
    unit = MILLISECOND
    try:
        known = catalogue.find(item["fault"])
    except Refused as error:
        findings.refused(path, error)
    else:
        unit = SECOND if known.needs_targets else MILLISECOND  # Litmus counts whole seconds
        _check_targets(known, item, (*path, "targets"), findings)
        parameters = _parameters(known, item.get("parameters", {}), path, findings)
        stages = _stages(known, item, path, findings)
    spec = FaultSpec(
        fault=item["fault"],
        duration=findings.duration(item["duration"], (*path, "duration"), SHORTEST, LONGEST, unit),
        targets=_targets(item["targets"]) if "targets" in item else None,
        parameters=parameters,
        stages=stages,
    )
    if stages and findings.is_clean(path):
        try:
            ladder.check(known, spec)
        except Refused as error:
            findings.refused(path, error)
    return spec


def _parameters(known: Fault, given: dict[str, Any], path: Path, findings: Findings) -> dict[str, str]:
    try:
        return known.canonical(given)
    except Refused as error:
        findings.refused((*path, "parameters"), error)
        return {}


def _stages(known: Fault, item: dict[str, Any], path: Path, findings: Findings) -> tuple[Stage, ...]:
    """Each rung's parameters are the fault's own with what differs; a size needs targets to be a size of."""
    stages = []
    if "stages" in item and not known.needs_targets:
        findings.say((*path, "stages"), catalogue.ONCE_BY_HAND.format(name=known.name))
    if "stages" in item and item.get("targets", {}).get("kind") in NODE_KINDS:
        # Evicted pods move: each rung would find other nodes, and the limit of nodes is a scenario's.
        findings.say((*path, "stages"), "A ladder on nodes is not supported; plan a scenario for each rung.")
    for index, stage in enumerate(item.get("stages", ())):
        where: Path = (*path, "stages", index)
        size = {key: stage[key] for key in ("count", "percent") if key in stage}
        if size and "targets" not in item:
            findings.say(where, "A rung of a fault without targets has no count or percent.")
        elif size:
            _check_kind(known, {**item["targets"], "count": None, "percent": None, **size}, where, findings)
        given = {**item.get("parameters", {}), **stage.get("parameters", {})}
        parameters = _parameters(known, given, where, findings)
        stages.append(Stage(_whole(stage.get("count")), _whole(stage.get("percent")), parameters))
    return tuple(stages)


def _check_targets(known: Fault, item: dict[str, Any], path: Path, findings: Findings) -> None:
    if known.needs_targets and "targets" not in item:
        findings.say(path, f"targets is missing. What should {known.name} be done to?")
    if not known.needs_targets and "targets" in item:
        findings.say(path, f"{known.name} has no targets; say in its instructions what to do.")
    targets = item.get("targets", {})
    kind, namespace = targets.get("kind", ""), targets.get("namespace")
    if targets:
        _check_kind(known, targets, path, findings)
    if kind == "node" and namespace:
        findings.say((*path, "namespace"), "Nodes are in no namespace; leave it out.")
    if targets and kind != "node" and not namespace:
        findings.say((*path, "namespace"), "namespace is missing. Where are the pods looked for?")


def _check_kind(known: Fault, targets: dict[str, Any], path: Path, findings: Findings) -> None:
    if known.needs_targets:
        try:
            known.check_targets(_targets(targets))
        except Refused as error:
            findings.refused(path, error)


def _targets(item: dict[str, Any]) -> TargetSpec:
    return TargetSpec(
        namespace=item.get("namespace", ""),
        kind=item["kind"],
        labels=dict(item["labels"]),
        count=_whole(item.get("count")),
        percent=_whole(item.get("percent")),
        zone=item.get("zone", ""),
    )


def _whole(value: float | None) -> int | None:
    """The schema takes 2.0 for a whole number, as JSON Schema does."""
    return None if value is None else int(value)


def check_proof(fault: FaultSpec, judged: Sequence[str], path: Path, findings: Findings) -> None:
    """Every rung is proven gone by a probe of which an expectation says where it is back (`judged`)."""
    rungs = [(("stages", index), stage.parameters) for index, stage in enumerate(fault.stages)]
    told: set[str | None] = {None, *judged}
    for below, parameters in [((), fault.parameters), *rungs]:
        proof = parameters.get("proven_by")
        if proof not in told:
            told.add(proof)
            findings.say(
                (*path, *below, "parameters", "proven_by"),
                f"{proof} proves that the fault is gone, so an expectation must say where it is back.",
            )
