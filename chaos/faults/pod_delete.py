"""pod-delete: the named pods are deleted once, together; their controllers replace them."""

from __future__ import annotations

from collections.abc import Mapping

from chaos.domain.errors import Refused
from chaos.domain.injection import InverseKind, Postcondition, Sign
from chaos.domain.spec import FaultSpec
from chaos.domain.targets import Targets
from chaos.faults.base import Parameter, Parameterised, Part, Risk
from chaos.faults.kinds import Flag
from chaos.faults.on_pods import COMMON_RULES, ONCE, SECONDS, common_env
from chaos.faults.rights import PODS


class PodDelete(Parameterised):
    name = "pod-delete"
    title = "Delete pods"
    effect = "The named pods are deleted at the same time, once; their controllers start new ones."
    risk = (
        "Requests in flight on those pods fail with force; without it each pod has its grace to finish "
        "them, and they fail only where the application does not. A deleted pod cannot be brought back: "
        "reverting means that as many pods are ready as before."
    )
    risk_class = Risk.LOW
    needs = ("the right to delete pods in the target's namespace",)
    proof = "As many pods are ready as before, and none of the deleted ones is still terminating."
    stops = (
        "Stop deletes the experiment, so that no further pod is deleted. Pods that were deleted already are "
        "replaced by their controllers."
    )
    family = PODS
    own = (
        Parameter(
            "force",
            "Without grace: true cuts off requests in flight, false lets each pod finish its work.",
            Flag(),
            "false",
            "FORCE",
        ),
    )
    lasts = ONCE
    needs_targets = True
    is_provable = True

    def part(self, spec: FaultSpec, targets: Targets | None) -> Part:
        """One round: with an interval below the duration Litmus would delete again and again, and with no
        TARGET_PODS it would pick afresh each time (litmus-go reads both as bare seconds)."""
        if targets is None or spec.targets is None:
            raise Refused("pod-delete needs targets.", "targets")
        env = common_env(spec, targets) | self.env_of(spec.parameters)
        return Part(
            experiment=self.name,
            env=env | {"CHAOS_INTERVAL": env["TOTAL_CHAOS_DURATION"]},
            inverse=InverseKind.DELETE_ENGINE,
            sign=Sign.TARGETS_LEAVE,
            postcondition=Postcondition(
                namespace=targets.namespace,
                labels=dict(spec.targets.labels),
                ready_at_least=targets.ready,
                gone=tuple(pod.uid for pod in targets.pods),
            ),
        )

    def env_rules(self) -> Mapping[str, str]:
        return {**COMMON_RULES, "CHAOS_INTERVAL": SECONDS, "FORCE": Flag().pattern}
