"""pod-autoscaler: a workload is given more replicas for a while, to see whether there is room for them."""

from __future__ import annotations

from dataclasses import replace

from chaos.domain.errors import Refused
from chaos.domain.injection import InverseKind, Sign
from chaos.domain.spec import FaultSpec, TargetSpec
from chaos.domain.targets import Targets
from chaos.faults.base import Parameter, Part, Risk
from chaos.faults.kinds import Whole
from chaos.faults.on_pods import PodFault
from chaos.faults.rights import SCALE


class PodAutoscaler(PodFault):
    """Litmus sets the number on every workload whose own labels have the first of the selector's, whichever
    pods are named: so there must be one such workload. Fewer replicas than now are refused, since what they
    would take away no limit has counted."""

    name = "pod-autoscaler"
    title = "Scale a workload up"
    effect = "A Deployment or StatefulSet is given more replicas, and its own number back at the end."
    risk = (
        "The new pods take room and open connections: nodes, quotas and databases may run out, for others "
        "too. At the end the added pods are ended, with whatever they were working on. Whoever else changes "
        "the number meanwhile is overruled when it is set back."
    )
    risk_class = Risk.MEDIUM
    needs = (
        "no HorizontalPodAutoscaler on the workload, which would change the number by itself: one that has "
        "it is refused",
        "one workload alone with the first of the selector's labels among its own",
    )
    proof = (
        "The workload is to have as many replicas as before, as many pods are ready as before, and no "
        "experiment is left."
    )
    stops = (
        "Stop deletes the experiment, which sets the number back as it ends, within 60 s. Its duration ends "
        "it in the same way. Where the number is then not what it was, Gameday sets it back itself."
    )
    family = SCALE
    target_kinds = ("deployment", "statefulset")
    on_workloads = True
    own = (
        Parameter(
            "replicas",
            "How many there are to be; more than there are.",
            Whole(2, 200, "replicas"),
            env="REPLICA_COUNT",
            example="9",
        ),
    )

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        return self.own

    def check_targets(self, targets: TargetSpec) -> None:
        super().check_targets(targets)
        if targets.count != 1:
            raise Refused("It is done to one workload as a whole: write count: 1.", "count")

    def part(self, spec: FaultSpec, targets: Targets | None) -> Part:
        workloads = targets.workloads if targets else ()
        if len(workloads) != 1:
            names = ", ".join(one.name for one in workloads) or "none"
            raise Refused(
                f"Litmus scales every workload with the selector's first label among its own, here: {names}. "
                "There must be one; check the labels of the Deployment or StatefulSet itself.",
                "targets.labels",
            )
        (workload,) = workloads
        if workload.scaled_by:
            raise Refused(
                f"HorizontalPodAutoscaler {workload.scaled_by} sets the number of {workload.name} by itself, "
                "and would work against this fault and against its end. Take another workload.",
                "targets.labels",
            )
        if int(spec.parameters["replicas"]) <= workload.replicas:
            sentence = f"{workload.name} has {workload.replicas} replicas already; write a larger number."
            raise Refused(sentence, "parameters.replicas")
        part = super().part(replace(spec, parameters={**spec.parameters, "proven_by": ""}), targets)
        return replace(
            part,
            inverse=InverseKind.DELETE_ENGINE,
            sign=Sign.SCALED,
            postcondition=replace(part.postcondition, freed=(), workloads=workloads),
        )
