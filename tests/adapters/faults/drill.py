"""One injection against the practice cluster, and the way back as the drive takes it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from chaos.domain.injection import Injection, Progress
from chaos.domain.postcondition import down, not_freed, not_restored, not_scaled_back, pressed
from chaos.domain.sight import ClusterSight, Node, Residue, ResidueKind
from chaos.domain.spec import FaultSpec, TargetSpec
from chaos.domain.target_nodes import resolve_nodes
from chaos.domain.targets import Limits, Targets, resolve
from chaos.faults import example
from chaos.faults.catalogue import FAULTS, plan_injections
from chaos.ports import Cluster
from tests.adapters.practice import Practice
from tests.adapters.things import a_run, live, until

State = dict[str, Any]
LIMITS = Limits(max_percent=50)
BANK = {"payments-api": 6, "fraud-detector": 3, "kafka": 3}


def faults_of(seen: State) -> dict[str, list[str]]:
    """Pods that have a fault in them, and which."""
    return {key: pod["faults"] for key, pod in seen["pods"].items() if pod["faults"]}


def is_whole(seen: State) -> bool:
    """Every pod of the bank serves, none has a fault in it, no node is touched and no policy is left."""
    serving = [pod["app"] for pod in seen["pods"].values() if pod["serving"]]
    nodes = seen["nodes"].values()
    return (
        all(serving.count(app) == count for app, count in BANK.items())
        and all(pod["serving"] for pod in seen["pods"].values() if pod["app"] in BANK)
        and not faults_of(seen)
        and not any(node["cordoned"] or node["taints"] or node["faults"] for node in nodes)
        and all(node["ready"] for node in nodes)
        and not seen["policies"]
        and seen["replicas"]["payments/payments-api"] == 6
    )


@dataclass(frozen=True)
class Case:
    """A fault with its parameters, on which pods or nodes, and how it shows on the platform."""

    fault: str
    shows: Callable[[State, Injection], object]
    parameters: dict[str, str]
    namespace: str = "payments"
    kind: str = "deployment"
    app: str = "payments-api"


class Drill:
    """Every act by an instance of the adapter that knows nothing of those before."""

    def __init__(self, practice: Practice) -> None:
        self.practice, self.ref = practice, a_run()
        self.make = practice.cluster
        self._was_in = False

    def injection(self, case: Case, seconds: int = 60) -> Injection:
        where = TargetSpec(case.namespace, case.kind, {"app": case.app}, count=1)
        fault = FAULTS[case.fault]
        parameters = fault.canonical(example.parameters(fault) | case.parameters)
        spec = FaultSpec(case.fault, timedelta(seconds=seconds), where, parameters)
        (injection,) = plan_injections(self.ref.short, 0, spec, self._resolved(where, fault.on_workloads))
        return injection

    def _resolved(self, where: TargetSpec, on_workloads: bool) -> Targets:
        cluster = self.make()
        pods = cluster.pods(where.namespace, where.labels)
        if not where.is_of_nodes:
            found = resolve(where, pods, LIMITS)
            if not on_workloads:
                return found
            workloads = cluster.workloads(where.namespace, where.kind, where.labels)
            return replace(found, workloads=workloads)
        nodes = cluster.nodes({})
        fit = [node for node in nodes if _may_be_hit(cluster, node)]
        return resolve_nodes(where, nodes, fit, pods, LIMITS)

    def launch(self, case: Case, seconds: int = 60, times: int = 1) -> Injection:
        """Inject, and wait until it shows on the platform."""
        injection = self.injection(case, seconds)
        self.make().take_grant(self.ref)
        for _ in range(times):
            self.make().inject(self.ref, injection)
        until(self.state, lambda seen: case.shows(seen, injection))
        self._was_in = True
        return injection

    def state(self) -> State:
        return self.practice.state()

    def look(self, injection: Injection) -> ClusterSight:
        return self.make().look(self.ref, [injection])

    def stop(self, injection: Injection) -> ClusterSight:
        """Revert until nothing is left that could inject; the last sight."""
        self.make().revert(self.ref)

        def swept() -> ClusterSight:
            sight = self.look(injection)
            if any(item.kind is not ResidueKind.ENGINE for item in live(sight.residue)):
                self.make().revert(self.ref)
                time.sleep(0.1)
            return sight

        return until(swept, lambda sight: not sight.unseen and not live(sight.residue))

    def held(self, injection: Injection, sight: ClusterSight) -> tuple[str, ...]:
        """Targets that the fault may still be in, by Litmus' own word."""
        return not_freed(injection, Progress(0, injected_at=sight.at if self._was_in else None), sight)

    def redress(self, injection: Injection, sight: ClusterSight) -> None:
        """What the drive does where Litmus did not undo its fault: new pods, nodes as they were."""
        held = self.held(injection, sight)
        self.make().remove(
            [
                Residue(ResidueKind.POD, injection.namespace, name, uid, self.ref.run)
                for name, uid in injection.postcondition.freed
                if name in held
            ]
        )
        for node, _ in not_restored(injection, sight):
            self.make().restore_node(
                node, injection.postcondition.taint_keys, injection.postcondition.cordons
            )
        for workload, _ in not_scaled_back(injection, sight):
            self.make().restore_workload(workload)

    def ends_clean(self, injection: Injection) -> None:
        """The platform is whole, the product says so too, and nothing of ours is left."""
        until(self.state, is_whole)
        until(lambda: self.look(injection), lambda sight: self._is_over(injection, sight))
        self.make().clear(self.ref)
        assert self.make().residue() == ()

    def _is_over(self, injection: Injection, sight: ClusterSight) -> bool:
        left = (self.held, not_restored, not_scaled_back, pressed, down)
        return not sight.unseen and not any(find(injection, sight) for find in left)


def _may_be_hit(cluster: Cluster, node: Node) -> bool:
    """As the product has it: not the one with Litmus' operator on it, which has to undo what is done."""
    return not any(LIMITS.why_not_in(pod.namespace) for pod in cluster.pods_on(node.name))
