"""A scenario in plain words: what is done, to what, how long, what is claimed, what stops it.

The plan's page, the approval and the day show the same words, so that what was approved is what people read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from chaos.domain.durations import say_duration
from chaos.domain.spec import Expectation, ExpectationKind, FaultSpec, RunSpec, TargetSpec
from chaos.faults import catalogue
from chaos.faults.base import Fault
from gameday.plans.spec import Scenario


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung of a ladder; a fault without one has a single rung."""

    number: int
    parameters: tuple[tuple[str, str, str], ...]
    """Name, value, and what it means."""
    targets: str


@dataclass(frozen=True, slots=True)
class FaultTerms:
    known: Fault
    duration: str
    rungs: tuple[Rung, ...]

    @property
    def is_ladder(self) -> bool:
        return len(self.rungs) > 1


@dataclass(frozen=True, slots=True)
class Terms:
    """`longest` is the most time from the launch to the end of the watching, reverting aside."""

    scenario: Scenario
    faults: tuple[FaultTerms, ...]
    expectations: tuple[str, ...]
    aborts: tuple[str, ...]
    alerts: tuple[str, ...]
    longest: str

    @property
    def run(self) -> RunSpec:
        return self.scenario.run

    @property
    def key(self) -> str:
        return self.scenario.key

    @property
    def durations(self) -> tuple[tuple[str, str], ...]:
        lasting = self.run.durations
        return (
            ("Steady state first", say_duration(lasting.baseline)),
            ("Fault at the longest", " + ".join(item.duration for item in self.faults)),
            ("Watched afterwards", say_duration(lasting.observe)),
            ("Proven gone within", say_duration(lasting.revert_within)),
        )


def terms(scenario: Scenario) -> Terms:
    """The words of one compiled scenario."""
    run = scenario.run
    faults = tuple(map(_fault, run.faults))
    live = sum((fault.duration * len(fault.rungs) for fault in run.faults), timedelta(0))
    return Terms(
        scenario=scenario,
        faults=faults,
        expectations=tuple(_expectation(run, item) for item in run.expectations),
        aborts=tuple(_aborts(run)),
        alerts=tuple(
            f"{item.name} ({item.severity}, to {item.route}) within {say_duration(item.within)}"
            for item in run.expected_alerts
        ),
        longest=say_duration(run.durations.baseline + live + run.durations.observe),
    )


def selector(targets: TargetSpec | None) -> str:
    """`count` or share, what, where: `3 pods of the deployment with app=payments-api in payments`."""
    if targets is None:
        return "Nothing that we select; a person does it"
    rounding = " (rounded down, at least one)" if targets.percent != 100 else ""
    amount = f"{targets.percent} %{rounding}" if targets.percent else str(targets.count)
    labels = ", ".join(f"{key}={value}" for key, value in targets.labels.items())
    zone = f" in the zone {targets.zone}" if targets.zone else ""
    if targets.kind == "node":
        return f"{amount} of the nodes{f' with {labels}' if labels else ''}{zone}"
    if targets.kind == "node-of":
        return f"{amount} of the nodes that run pods with {labels} in {targets.namespace}{zone}"
    return f"{amount} of the pods of the {targets.kind} with {labels} in {targets.namespace}{zone}"


def _fault(spec: FaultSpec) -> FaultTerms:
    known = catalogue.find(spec.fault)
    meanings = {item.name: item.what for item in known.parameters}
    rungs = tuple(
        Rung(
            number,
            tuple((name, value, meanings.get(name, "")) for name, value in rung.parameters.items() if value),
            selector(rung.targets),
        )
        for number, rung in enumerate(spec.rungs, start=1)
    )
    each = " on each rung" if len(rungs) > 1 else ""
    return FaultTerms(known, say_duration(spec.duration) + each, rungs)


def _expectation(run: RunSpec, item: Expectation) -> str:
    claim = f"{item.probe} {item.comparison} {run.probe(item.probe).unit}"
    within = say_duration(item.within) if item.within else ""
    is_ladder = len(run.fault.rungs) > 1
    return {
        ExpectationKind.HOLDS: f"{claim} all through",
        ExpectationKind.RECOVERS_WITHIN: f"{claim} again within {within} of the injection"
        + (" of each rung" if is_ladder else ""),
        ExpectationKind.HAPPENS_WITHIN: f"{claim} within {within} of the injection"
        + (" of some rung" if is_ladder else ""),
    }[item.kind]


def _aborts(run: RunSpec) -> Iterator[str]:
    for item in run.abort_conditions:
        times = f", {item.consecutive} times in a row" if item.consecutive > 1 else ""
        yield f"{item.probe} {item.comparison} {run.probe(item.probe).unit}{times}"
    for probe in run.probes:
        yield f"{probe.name} cannot be read more than {probe.blind_budget} times in a row"
    yield "Anybody presses Stop, or everything is halted"
