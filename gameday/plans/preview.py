"""What a launch would hit right now, by name: shown to the author, and to the approver before approving."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from chaos.domain.durations import say_duration
from chaos.domain.errors import Refused
from chaos.domain.spec import FaultSpec
from chaos.domain.targets import Targets
from chaos.faults import catalogue
from chaos.services import clusters
from chaos.services.clusters import Rungs, widest
from chaos.wiring import cluster_port
from gameday.plans.shares import rounded
from gameday.plans.spec import PlanSpec, Scenario

Shown = Mapping[str, tuple[Rungs, ...]]
"""By scenario, what each rung of each of its faults touches."""
Look = Callable[[PlanSpec], Shown]


def preview(plan: PlanSpec) -> Shown:
    """Look at the cluster. Raises Refused with every scenario's reason, Transient when it is unreachable."""
    found = each(plan)
    reasons = [f"{key}: {item}" for key, item in found.items() if isinstance(item, str)]
    if reasons:
        raise Refused("\n".join(reasons), "scenarios")
    return {key: item for key, item in found.items() if not isinstance(item, str)}


def each(plan: PlanSpec, apart_from: Collection[str] = ()) -> Mapping[str, tuple[Rungs, ...] | str]:
    """As `preview`, with the reason instead of the targets for a scenario that would be refused.

    Scenarios in `apart_from` are not looked at. Raises Transient when the cluster is unreachable.
    """
    limits, port = clusters.find(plan.cluster).limits, cluster_port(plan.cluster)
    found: dict[str, tuple[Rungs, ...] | str] = {}
    for scenario in plan.scenarios:
        if scenario.key in apart_from:
            continue
        try:
            found[scenario.key] = clusters.by_rung(scenario.run, limits, port)
        except Refused as error:
            found[scenario.key] = str(error)
    return found


@dataclass(frozen=True, slots=True)
class Row:
    """What one scenario would hit: `targets`, of a ladder those of its widest rung, with their `percent` of
    what matched and how the share was `rounded`; `rungs` in words, where there are several.

    Or `reason` why it would be refused; neither, where a person does it.
    """

    scenario: Scenario
    targets: Targets | None = None
    percent: int | None = None
    reason: str = ""
    rungs: tuple[str, ...] = ()
    rounded: str = ""


def rows(plan: PlanSpec, found: Mapping[str, tuple[Rungs, ...] | str]) -> list[Row]:
    """The scenarios that were looked at, in their order, for a page."""
    return [_row(item, found[item.key]) for item in plan.scenarios if item.key in found]


def _row(scenario: Scenario, found: tuple[Rungs, ...] | str) -> Row:
    if isinstance(found, str):
        return Row(scenario, reason=found)
    targets = widest(found[0])
    percent = targets.size * 100 // targets.matched if targets and targets.matched else None
    if len(found[0]) > 1:
        return Row(scenario, targets, percent, rungs=tuple(_rungs(scenario.run.fault, found[0])))
    return Row(scenario, targets, percent, rounded=rounded(scenario.run.fault.targets, targets))


def of_fault(fault: FaultSpec, cluster: str) -> Targets | None:
    """What one fault would hit right now. Raises Refused, or Transient when the cluster is unreachable."""
    return clusters.named(fault, clusters.find(cluster).limits, cluster_port(cluster))


def ceilings(shown: Shown) -> dict[str, int]:
    """How many pods or nodes each scenario would touch at once."""
    widest_of = {key: map(widest, faults) for key, faults in shown.items()}
    return {key: sum(item.size for item in targets if item) for key, targets in widest_of.items()}


def in_words(scenario: Scenario, faults: tuple[Rungs, ...]) -> Iterator[str]:
    """One scenario as lines for a terminal."""
    run = scenario.run
    yield f"{run.scenario}: {run.title}"
    yield f"  {run.hypothesis}"
    for fault, rungs in zip(run.faults, faults, strict=True):
        known = catalogue.find(fault.fault)
        yield f"  {known.title}"
        yield from (f"    {line}" for line in _rungs(fault, rungs))
        yield f"    {known.effect} {known.risk}"
        if not known.is_provable:
            yield "    It cannot be proven that this fault is gone."
    bounds = [f"{item.probe} {item.comparison} {run.probe(item.probe).unit}" for item in run.abort_conditions]
    yield f"  Stopped when: {'; '.join(bounds) or 'somebody stops it'}"


def _rungs(fault: FaultSpec, rungs: Rungs) -> Iterator[str]:
    """A line for each: how strong, how long, and what it touches."""
    for number, (rung, targets) in enumerate(zip(fault.rungs, rungs, strict=True), start=1):
        which = f"Rung {number} of {len(rungs)}: " if len(rungs) > 1 else ""
        chosen = catalogue.chosen(rung)
        strength = f"{chosen}, " if chosen else ""
        share = f"{targets.size * 100 // targets.matched} %, " if targets and targets.matched else ""
        where = f"{share}{targets or 'no targets; a person does it'}"
        asked = rounded(rung.targets, targets)
        where += f" ({asked})" if asked else ""
        yield f"{which}{strength}for {say_duration(rung.duration)}: {where}"
