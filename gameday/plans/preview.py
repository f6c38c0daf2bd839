"""What a launch would hit right now, by name: shown to the author, and to the approver before approving."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from chaos.domain.errors import Refused
from chaos.domain.targets import Targets
from chaos.faults import catalogue
from chaos.services import clusters
from chaos.wiring import cluster_port
from gameday.plans.spec import PlanSpec, Scenario

Shown = Mapping[str, tuple[Targets | None, ...]]
"""By scenario, the targets of each of its faults; None for a fault without any."""
Look = Callable[[PlanSpec], Shown]


def preview(plan: PlanSpec) -> Shown:
    """Look at the cluster. Raises Refused with every scenario's reason, Transient when it is unreachable."""
    limits, port = clusters.find(plan.cluster).limits, cluster_port(plan.cluster)
    shown: dict[str, tuple[Targets | None, ...]] = {}
    reasons = []
    for scenario in plan.scenarios:
        try:
            shown[scenario.key] = clusters.preview(scenario.run, limits, port)
        except Refused as error:
            reasons.append(f"{scenario.key}: {error}")
    if reasons:
        raise Refused("\n".join(reasons), "scenarios")
    return shown


def ceilings(shown: Shown) -> dict[str, int]:
    """How many pods or nodes each scenario would touch."""
    return {key: sum(item.size for item in targets if item) for key, targets in shown.items()}


def in_words(scenario: Scenario, targets: tuple[Targets | None, ...]) -> Iterator[str]:
    """One scenario as lines for a terminal."""
    run = scenario.run
    yield f"{run.scenario}: {run.title}"
    yield f"  {run.hypothesis}"
    for fault, chosen in zip(run.faults, targets, strict=True):
        known = catalogue.find(fault.fault)
        share = f"{chosen.size * 100 // chosen.matched} %, " if chosen else ""
        yield f"  {known.title}: {share}{chosen or 'no targets; a person does it'}"
        yield f"    {known.effect} {known.risk}"
        if not known.is_provable:
            yield "    It cannot be proven that this fault is gone."
    bounds = [f"{item.probe} {item.comparison} {run.probe(item.probe).unit}" for item in run.abort_conditions]
    yield f"  Stopped when: {'; '.join(bounds) or 'somebody stops it'}"
