"""pod-delete: the named pods are deleted once, together; their controllers replace them."""

from __future__ import annotations

from collections.abc import Mapping

from chaos.domain.errors import Refused
from chaos.domain.injection import InverseKind, Postcondition, Sign
from chaos.domain.spec import FaultSpec
from chaos.domain.targets import Targets
from chaos.faults.base import Part
from chaos.faults.parameters import flag, only


class PodDelete:
    name = "pod-delete"
    title = "Delete pods"
    effect = "The named pods are deleted at the same time, once; their controllers start new ones."
    risk = (
        "Requests in flight on those pods fail. A deleted pod cannot be brought back: "
        "reverting means that as many pods are ready as before."
    )
    needs_targets = True
    is_provable = True

    def canonical(self, parameters: Mapping[str, object]) -> dict[str, str]:
        only(parameters, ("force",), self.name)
        force = flag(parameters.get("force", False), "force")
        return {"force": "true" if force else "false"}

    def part(self, spec: FaultSpec, targets: Targets | None) -> Part:
        """One round: with an interval below the duration Litmus would delete again and again, and with no
        TARGET_PODS it would pick afresh each time (litmus-go reads both as bare seconds)."""
        if targets is None or spec.targets is None:
            raise Refused("pod-delete needs targets.", "targets")
        seconds = max(1, round(spec.duration.total_seconds()))
        env = {
            "TOTAL_CHAOS_DURATION": str(seconds),
            "CHAOS_INTERVAL": str(seconds),
            "FORCE": spec.parameters["force"],
            "TARGET_PODS": ",".join(targets.names),
            "SEQUENCE": "parallel",
            "RAMP_TIME": "0",
            "DEFAULT_HEALTH_CHECK": "false",
        }
        return Part(
            experiment="pod-delete",
            env=env,
            inverse=InverseKind.DELETE_ENGINE,
            sign=Sign.TARGETS_LEAVE,
            postcondition=Postcondition(
                namespace=targets.namespace,
                labels=dict(spec.targets.labels),
                ready_at_least=targets.ready,
                gone=tuple(pod.uid for pod in targets.pods),
            ),
        )
