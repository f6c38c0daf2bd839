"""Faults that Litmus injects into one named node by way of the API server alone."""

from __future__ import annotations

from collections.abc import Mapping

from chaos.domain.errors import Refused
from chaos.domain.injection import InverseKind, Postcondition, Sign
from chaos.domain.sight import Pod
from chaos.domain.spec import NODE_KINDS, FaultSpec
from chaos.domain.targets import Targets
from chaos.faults.base import Parameterised, Part, Risk
from chaos.faults.on_pods import POD, SECONDS, WORD, whole_seconds

NODE_RULES: Mapping[str, str] = {
    "TOTAL_CHAOS_DURATION": SECONDS,
    "RAMP_TIME": "0",
    "DEFAULT_HEALTH_CHECK": WORD,
}
PODS_BACK = (
    "Of a node that was chosen by the pods it runs (node-of), as many of those are ready as before. No other "
    "pods are waited for: whether they are all back shows in the steady state."
)
WATCHERS = (
    "Litmus' operator, monitoring and Gameday itself would have to leave the node like everybody else, and "
    "nobody would undo or see the fault: a node that runs a pod of their namespaces is refused, as long as "
    "those are protected on the cluster."
)


class NodeFault(Parameterised):
    """A fault on a node that is proven gone by the node itself: by what the fault touches of it, and no more.

    Litmus uncordons a node that was cordoned before, and takes a taint away by its key even if the node had
    it: the pre-image is compared, and set back by us where it differs. Pods that were moved stay where they
    are; as many of those that selected the node are ready as before.
    """

    title: str
    effect: str
    risk: str
    risk_class = Risk.HIGH
    needs: tuple[str, ...] = (
        "rights on nodes in the whole cluster, for the experiment and for Gameday",
        "another node that is ready and without taints, for the experiment's own pod and for what is moved",
    )
    proof: str
    stops = (
        "Stop deletes the experiment, which sets the node back as it ends, within 60 s. Its duration ends it "
        "in the same way. Where the node is then not as it was before, Gameday sets it back itself."
    )
    needs_targets = True
    on_nodes = True
    cordons = False
    names_node_by = "TARGET_NODE"
    target_kinds = NODE_KINDS
    is_provable = True

    def drives_off(self, parameters: Mapping[str, str]) -> bool:
        """Whether the pods on the node have to leave it."""
        return False

    def taint_keys(self, parameters: Mapping[str, str]) -> tuple[str, ...]:
        return ()

    def _leaving(self, spec: FaultSpec, targets: Targets) -> tuple[Pod, ...]:
        """Who has to have left the node before the fault is there as planned: of a node that was found by its
        pods those, else everybody whom a drain moves. A taint no budget refuses, and who bears it stays."""
        here = {node.name for node in targets.nodes}
        aboard = [pod for pod in targets.aboard if pod.node in here]
        if not self.drives_off(spec.parameters) or spec.targets is None:
            return ()
        if spec.targets.kind == "node":
            return tuple(aboard) if self.cordons else ()
        wanted, namespace = spec.targets.labels.items(), spec.targets.namespace
        return tuple(pod for pod in aboard if pod.namespace == namespace and wanted <= pod.labels.items())

    def part(self, spec: FaultSpec, targets: Targets | None) -> Part:
        if targets is None or spec.targets is None or len(targets.nodes) != 1:
            raise Refused(f"{self.name} needs targets of kind node or node-of.", "targets.kind")
        (node,) = targets.nodes
        env = {
            "TOTAL_CHAOS_DURATION": whole_seconds(spec.duration),
            self.names_node_by: node.name,
            "RAMP_TIME": "0",
            "DEFAULT_HEALTH_CHECK": "false",
        }
        by_pods = spec.targets.kind == "node-of"
        return Part(
            experiment=self.name,
            env=env | self.env_of(spec.parameters),
            inverse=InverseKind.RESTORE_NODES,
            sign=Sign.NODE_CHANGED,
            leaving=self._leaving(spec, targets),
            postcondition=Postcondition(
                namespace=targets.namespace if by_pods else "",
                labels=dict(spec.targets.labels) if by_pods else {},
                ready_at_least=targets.ready if by_pods else 0,
                nodes=targets.nodes,
                taint_keys=self.taint_keys(spec.parameters),
                cordons=self.cordons,
            ),
        )

    def env_rules(self) -> Mapping[str, str]:
        return {
            **NODE_RULES,
            self.names_node_by: POD,
            **{item.env: item.kind.pattern for item in self.parameters if item.env},
        }
