"""Specs and injections for tests: small, complete, changed by `dataclasses.replace`."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from chaos.domain.injection import Injection
from chaos.domain.sight import Node, Pod
from chaos.domain.spec import (
    AbortCondition,
    Comparison,
    Durations,
    Expectation,
    ExpectationKind,
    FaultSpec,
    Op,
    ProbeKind,
    ProbeSpec,
    RunSpec,
    TargetSpec,
)
from chaos.domain.targets import Targets
from chaos.faults.catalogue import find, plan_injections

SECOND = timedelta(seconds=1)


def below(bound: str) -> Comparison:
    return Comparison(Op.BELOW, Decimal(bound))


def above(bound: str) -> Comparison:
    return Comparison(Op.ABOVE, Decimal(bound))


def a_probe(name: str = "p99", unit: str = "ms") -> ProbeSpec:
    return ProbeSpec(name, ProbeKind.PROMETHEUS, "q", unit, SECOND, SECOND, blind_budget=2)


def a_spec(**changes: object) -> RunSpec:
    values: dict[str, object] = {
        "scenario": "pod-failure",
        "title": "Pod failure",
        "hypothesis": "Killing pods keeps p99 below 200 ms.",
        "faults": (
            FaultSpec(
                "pod-delete",
                10 * SECOND,
                TargetSpec("payments", "deployment", {"app": "api"}, count=3),
                {"force": "false"},
            ),
        ),
        "probes": (a_probe(),),
        "expectations": (Expectation("p99", ExpectationKind.HOLDS, below("200")),),
        "abort_conditions": (AbortCondition("p99", above("500"), consecutive=2),),
        "expected_alerts": (),
        "durations": Durations(5 * SECOND, 10 * SECOND, 60 * SECOND),
    }
    return RunSpec(**(values | changes))  # type: ignore[arg-type]


def a_manual_spec(**changes: object) -> RunSpec:
    parameters = {
        "inject": "Expire it.",
        "revert": "Renew it.",
        "proven_by": "p99",
        "person_within": "60s",
    }
    return a_spec(faults=(FaultSpec("manual", 10 * SECOND, None, parameters),), **changes)


def a_latency_spec(**changes: object) -> RunSpec:
    """A fault that a helper puts into three pods, proven gone by p99."""
    targets = TargetSpec("payments", "deployment", {"app": "api"}, count=3)
    parameters = find("pod-network-latency").canonical({"latency": "300ms", "proven_by": "p99"})
    return a_spec(faults=(FaultSpec("pod-network-latency", 10 * SECOND, targets, parameters),), **changes)


def a_disk_spec(**changes: object) -> RunSpec:
    """A file fills the disk of three pods; its helper's word counts when the experiment ran to its end."""
    targets = TargetSpec("payments", "deployment", {"app": "api"}, count=3)
    parameters = find("disk-fill").canonical({"percent": "80", "proven_by": "p99"})
    return a_spec(faults=(FaultSpec("disk-fill", 10 * SECOND, targets, parameters),), **changes)


def a_drain_spec(**changes: object) -> RunSpec:
    """A node is drained that runs one of the pods."""
    targets = TargetSpec("payments", "node-of", {"app": "api"}, count=1)
    return a_spec(faults=(FaultSpec("node-drain", 10 * SECOND, targets),), **changes)


def a_busy_node_spec(**changes: object) -> RunSpec:
    """A node that runs one of the pods runs short of memory, proven gone by p99."""
    targets = TargetSpec("payments", "node-of", {"app": "api"}, count=1)
    parameters = find("node-memory-hog").canonical({"percent": "95", "proven_by": "p99"})
    return a_spec(faults=(FaultSpec("node-memory-hog", 10 * SECOND, targets, parameters),), **changes)


def a_node(name: str = "node-0", **changes: object) -> Node:
    values: dict[str, object] = {"zone": "a", "is_ready": True, "is_schedulable": True, "hostname": name}
    return Node(name, f"uid-{name}", **(values | changes))  # type: ignore[arg-type]


def pods(count: int = 6) -> tuple[Pod, ...]:
    return tuple(
        Pod("payments", f"api-{i}", f"uid-{i}", f"node-{i}", True, False, {"app": "api"})
        for i in range(count)
    )


def injections_of(spec: RunSpec) -> tuple[Injection, ...]:
    fault = spec.fault
    targets = None
    if fault.targets and fault.targets.is_of_nodes:
        targets = Targets("payments", (), 6, 6, (a_node(),), "node-5")
    elif fault.targets:
        targets = Targets("payments", pods()[: fault.targets.count], 6, 6)
    return tuple(plan_injections("0f0e0d0c", 0, fault, targets))
