"""Ladders: in some schedules the fault is injected stage after stage, on more targets each time.

Drawn from a stream of its own, so that nothing else of a seed is another for it.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

from chaos.domain.record import RunRecord
from chaos.domain.spec import Stage
from chaos.domain.targets import Targets
from chaos.faults.catalogue import plan_injections
from chaos.services.launch import longest
from tests.simulation.cluster import Cluster
from tests.simulation.objects import Fault
from tests.simulation.scenario import SHORT
from tests.support.builders import pods

OFTEN = 0.2
CLIMBED = ("pod-delete", "pod-network-latency")


def maybe(seed: int, record: RunRecord) -> RunRecord:
    """In some schedules the run as a ladder, where its fault can be one; its window as long as that takes."""
    draw = Random(f"{seed}/ladder")
    is_drawn, fault = draw.random() < OFTEN, record.spec.fault
    if not is_drawn or fault.fault not in CLIMBED or fault.duration != SHORT:
        return record
    stages = tuple(Stage(count=count) for count in draw.choice(((1, 3), (2, 3), (1, 2, 3))))
    spec = replace(record.spec, faults=(replace(fault, stages=stages),))
    first = spec.fault.rungs[0]
    found = pods()[: stages[0].count]
    injections = plan_injections("0f0e0d0c", 0, first, Targets("payments", found, 6, 6))
    return replace(
        record,
        spec=spec,
        spec_digest=spec.digest,
        injections=tuple(injections),
        not_after=record.not_after + (longest(spec) - longest(record.spec)),
        ceiling=3,
    )


def two_at_once(cluster: Cluster, slept: set[float]) -> list[str]:
    """No fault of one stage lives while that of another does, but for what was sent by one who had slept on
    its way to the wire."""
    faults = [fault for fault in cluster.history.faults if fault.engine.sent_at not in slept]
    return [
        f"{one.engine.uid} and {other.engine.uid}, of two stages, at once, at {other.since:.1f}"
        for one in faults
        for other in faults
        if one.engine.injection.rung < other.engine.injection.rung and _are_at_once(one, other)
    ]


def _are_at_once(one: Fault, other: Fault) -> bool:
    return one.was_in(other.since) or other.was_in(one.since)
