"""Faults that Litmus injects into named pods, most of them by a privileged helper on the pod's node."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from chaos.domain.durations import say_duration
from chaos.domain.errors import Refused
from chaos.domain.injection import InverseKind, Postcondition, Sign
from chaos.domain.spec import FaultSpec
from chaos.domain.targets import Targets
from chaos.faults.base import Parameter, Parameterised, Part, Risk
from chaos.faults.kinds import CONTAINER, PROBE
from chaos.faults.parameters import SECOND
from chaos.faults.rights import HELPERS

SECONDS = r"[1-9]\d{0,4}"
WORD = r"true|false"
POD = r"[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?"

COMMON_RULES: Mapping[str, str] = {
    "TOTAL_CHAOS_DURATION": SECONDS,
    "RAMP_TIME": "0",
    "DEFAULT_HEALTH_CHECK": WORD,
    "SEQUENCE": "parallel",
    "TARGET_PODS": rf"{POD}(?:,{POD})*",
}

PROVEN_BY = Parameter(
    "proven_by",
    "The probe that must be back within its tolerance before this counts as reverted.",
    PROBE,
    example="p99",
)
TARGET_CONTAINER = Parameter(
    "container", "The container to touch; the pod's first when left out.", CONTAINER, "", "TARGET_CONTAINER"
)
ONCE = (
    "It is done once. `duration`, beside the parameters, is how long the run then goes on as under the "
    "fault, however soon the pods are back; the cluster's limits bound it."
)
HELPER_NEEDS = (
    "a privileged helper pod in the chaos namespace (pod security: privileged), with hostPID and the "
    "container runtime's socket of the target's node",
    "containerd at /run/containerd/containerd.sock, unless the ChaosExperiment says otherwise",
)


class PodFault(Parameterised):
    """A fault that a helper puts into named pods and takes out again when it is asked to stop.

    It is proven gone when no helper is left, every target is either taken back by its helper or replaced,
    as many pods are ready as before, and the probe named by `proven_by` is back in its tolerance. Where a
    helper was killed before it could undo the fault, the target pods are recreated.
    """

    title: str
    effect: str
    risk: str
    risk_class = Risk.MEDIUM
    needs: tuple[str, ...] = HELPER_NEEDS
    proof = (
        "No helper is left, each target was taken back by its helper or replaced, as many pods are ready as "
        "before, and the probe named by proven_by is back in its tolerance."
    )
    stops = (
        "Stop deletes the experiment with its helpers, and each helper takes the fault out of its pod as it "
        "ends, within 60 s. Its duration ends it in the same way. A pod out of which it was not taken is "
        "deleted by Gameday, so that its controller starts a new one without it."
    )
    family = HELPERS
    needs_targets = True
    is_provable = True
    in_container = False
    """Whether it is in one container of the pod; a pod's network is the same for all of them."""

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Its own, and those that all of them have."""
        return (*self.own, *((TARGET_CONTAINER,) if self.in_container else ()), PROVEN_BY)

    def part(self, spec: FaultSpec, targets: Targets | None) -> Part:
        if targets is None or spec.targets is None:
            raise Refused(f"{self.name} needs targets.", "targets")
        return Part(
            experiment=self.name,
            env=common_env(spec, targets) | self.env_of(spec.parameters),
            inverse=InverseKind.DELETE_ENGINE,
            sign=Sign.RESULT_INJECTED,
            postcondition=Postcondition(
                namespace=targets.namespace,
                labels=dict(spec.targets.labels),
                ready_at_least=targets.ready,
                freed=tuple((pod.name, pod.uid) for pod in targets.pods),
                probe=spec.parameters["proven_by"],
            ),
        )

    def env_rules(self) -> Mapping[str, str]:
        own = {item.env: item.kind.pattern for item in self.parameters if item.env}
        return {**COMMON_RULES, **own}


def whole_seconds(duration: timedelta) -> str:
    """As Litmus reads it. Raises Refused for a part of one, which it would not count."""
    if duration < SECOND or duration % SECOND:
        raise Refused(f"Litmus counts whole seconds, and {say_duration(duration)} is none.", "duration")
    return str(duration // SECOND)


def common_env(spec: FaultSpec, targets: Targets) -> dict[str, str]:
    """What every fault on named pods sends: one round, by name, without Litmus' own health check."""
    return {
        "TOTAL_CHAOS_DURATION": whole_seconds(spec.duration),
        "TARGET_PODS": ",".join(targets.names),
        "SEQUENCE": "parallel",
        "RAMP_TIME": "0",
        "DEFAULT_HEALTH_CHECK": "false",
    }
