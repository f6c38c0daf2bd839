"""pod-network-partition: one pod of a StatefulSet is cut off from all others by a NetworkPolicy."""

from __future__ import annotations

from dataclasses import replace

from chaos.domain.errors import Refused
from chaos.domain.injection import Sign
from chaos.domain.spec import FaultSpec, TargetSpec
from chaos.domain.targets import Targets
from chaos.faults.base import Parameter, Part, Risk
from chaos.faults.kinds import Choice
from chaos.faults.on_pods import PROVEN_BY, PodFault
from chaos.faults.rights import POLICIES

POD_NAME = "statefulset.kubernetes.io/pod-name"


class PodNetworkPartition(PodFault):
    """Litmus' policy cuts off whatever has one label, whichever pods are named. Only a pod of a StatefulSet
    has a label that no other pod has; so that is the only pod that can be cut off alone."""

    name = "pod-network-partition"
    title = "Cut a pod off the network"
    effect = (
        "No new connection from or to the named pod gets through, as if its network cable had been pulled; "
        "the pod itself runs on. A NetworkPolicy forbids them."
    )
    risk = (
        "Whoever holds the same data elsewhere may take over while the pod believes that it still leads. "
        "Connections that are open already may go on, as the network plug-in decides. Other policies that "
        "allow traffic of the pod go on allowing it. Where the plug-in cuts its kubelet's health checks off "
        "too, its containers are restarted, or go unready."
    )
    risk_class = Risk.HIGH
    needs = (
        "one pod of a StatefulSet, since Litmus cuts off by label and no other pod has a label of its own; "
        "for others use pod-network-loss with 100 %",
        "a network plug-in that enforces NetworkPolicies",
    )
    proof = (
        "No NetworkPolicy of Litmus' is left that selects the pod, as many pods are ready as before, and the "
        "probe named by proven_by is back in its tolerance."
    )
    stops = (
        "Stop deletes the NetworkPolicy at once, beside the experiment, which deletes it too as it ends. Its "
        "duration ends it in the same way. Gameday looks for it by what it selects, and deletes it again "
        "for as long as it is there."
    )
    family = POLICIES
    target_kinds = ("statefulset",)
    own = (
        Parameter(
            "direction",
            "What is cut off: what comes to the pod (ingress), what leaves it (egress), or all.",
            Choice("all", "ingress", "egress"),
            "all",
            "POLICY_TYPES",
        ),
    )

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        return (*self.own, PROVEN_BY)

    def check_targets(self, targets: TargetSpec) -> None:
        super().check_targets(targets)
        if targets.count != 1:
            raise Refused("Only one pod at a time can be cut off: write count: 1.", "count")

    def part(self, spec: FaultSpec, targets: Targets | None) -> Part:
        part = super().part(spec, targets)
        pods = targets.pods if targets else ()
        if len(pods) != 1 or pods[0].labels.get(POD_NAME) != pods[0].name:
            raise Refused(
                "Litmus cuts off by label, and only a pod of a StatefulSet has one of its own: take one pod "
                "of a StatefulSet, or pod-network-loss with 100 %.",
                "targets",
            )
        return replace(
            part,
            sign=Sign.POLICY_MADE,
            postcondition=replace(part.postcondition, freed=(), uncut=True),
            app_label=f"{POD_NAME}={pods[0].name}",
        )
