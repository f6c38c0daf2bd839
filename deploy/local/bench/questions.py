"""What the product asks of a cluster from the preview of a plan to the end of a run, one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from chaos.domain.injection import Injection
from chaos.domain.postcondition import not_restored, targets_missing
from chaos.domain.spec import FaultSpec, TargetSpec
from chaos.domain.targets import Limits, Targets
from chaos.faults import example
from chaos.faults.catalogue import FAULTS, plan_injections
from chaos.ports import Cluster, RunRef
from chaos.services import clusters
from chaos.services.last_look import last_look

RUN = RunRef("11111111-2222-4333-8444-555555555555", "bench", "Scale")


@dataclass(frozen=True, slots=True)
class Questions:
    """Of pods with `label` in `namespace`, of the nodes with `pool`, and of what runs on those."""

    port: Cluster
    namespace: str
    label: Mapping[str, str]
    many: Mapping[str, str]
    """The label of most pods of the namespace."""
    pool: Mapping[str, str]
    zone: str
    limits: Limits = field(default_factory=lambda: Limits(max_percent=50, max_nodes=3))

    def every(self) -> dict[str, Callable[[], object]]:
        """Each by its name in the table."""
        few, many = TargetSpec(self.namespace, "deployment", self.label, count=3), self._pods_of_many()
        in_zone = TargetSpec(self.namespace, "deployment", self.many, count=3, zone=self.zone)
        nodes = TargetSpec("", "node", self.pool, count=3)
        node_of = TargetSpec(self.namespace, "node-of", self.label, count=1)
        deletion, drain = self._planned("pod-delete", many), self._planned("node-drain", nodes)
        return {
            "preview, 3 pods by label": lambda: self._named("pod-delete", few),
            "preview, a share of a namespace": lambda: self._named("pod-delete", many),
            "preview, 3 pods of a zone": lambda: self._named("pod-delete", in_zone),
            "preview, 3 nodes by label": lambda: self._named("node-drain", nodes),
            "preview, a node of such pods": lambda: self._named("node-drain", node_of),
            "launch on pods": lambda: self._launch("pod-delete", many),
            "launch on 3 nodes": lambda: self._launch("node-drain", nodes),
            "look, a share of a namespace": lambda: self._proven(deletion),
            "look, 3 nodes drained": lambda: self._proven(drain),
            "sweep for residue": self.port.residue,
        }

    def _pods_of_many(self) -> TargetSpec:
        return TargetSpec(self.namespace, "deployment", self.many, percent=10)

    def _named(self, fault: str, where: TargetSpec) -> Targets:
        found = clusters.named(_spec(fault, where), self.limits, self.port)
        if found is None:
            raise ValueError(f"{fault} has no targets")
        return found

    def _planned(self, fault: str, where: TargetSpec) -> list[Injection]:
        return plan_injections(RUN.short, 0, _spec(fault, where), self._named(fault, where))

    def _launch(self, fault: str, where: TargetSpec) -> None:
        """What `launch` asks, in its order, and the last look before the injection."""
        self.port.identity()
        self.port.residue()
        injections = self._planned(fault, where)
        experiments, places = [fault], [where.namespace] if where.namespace else []
        unmet = [
            one.sentence
            for one in (
                *self.port.preflight(experiments, self.limits.images),
                *self.port.rights(experiments, places),
            )
            if not one.is_met and one.what != "operator"
        ]
        if unmet:
            raise ValueError(f"it would be refused: {' '.join(unmet)}")
        for injection in injections:
            last_look(injection, self.limits, self.port)

    def _proven(self, injections: list[Injection]) -> None:
        """A look, and whether the fault is gone by it."""
        sight = self.port.look(RUN, injections)
        if sight.unseen:
            raise ValueError(sight.unseen)
        for injection in injections:
            not_restored(injection, sight)
            targets_missing(injection, sight)


def _spec(fault: str, where: TargetSpec) -> FaultSpec:
    parameters = FAULTS[fault].canonical(example.parameters(FAULTS[fault]))
    return FaultSpec(fault, timedelta(seconds=60), where, parameters)
