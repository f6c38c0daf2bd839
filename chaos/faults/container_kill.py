"""container-kill: one container of each named pod is killed once; its kubelet starts it again."""

from __future__ import annotations

from collections.abc import Mapping

from chaos.domain.errors import Refused
from chaos.domain.injection import InverseKind, Postcondition, Sign
from chaos.domain.spec import FaultSpec
from chaos.domain.targets import Targets
from chaos.faults.base import Parameter, Parameterised, Part, Risk
from chaos.faults.kinds import Choice
from chaos.faults.on_pods import COMMON_RULES, HELPER_NEEDS, ONCE, SECONDS, TARGET_CONTAINER, common_env
from chaos.faults.rights import HELPERS


class ContainerKill(Parameterised):
    """It leaves nothing behind that had to be undone, and can be seen on the pods themselves: the container
    was restarted, and the pod is ready again."""

    name = "container-kill"
    title = "Kill a container of pods"
    effect = "One container of each named pod is killed, once; its kubelet starts it again in the same pod."
    risk = (
        "Requests in flight on it fail. What it kept in memory is lost. After several kills in a row the "
        "kubelet waits longer and longer before it starts the container again."
    )
    risk_class = Risk.LOW
    needs = HELPER_NEEDS
    proof = "As many pods are ready as before, and no helper is left."
    stops = (
        "Stop deletes the experiment with its helpers, so that nothing is killed any more. A container that "
        "was killed is started again by its kubelet."
    )
    family = HELPERS
    own = (
        Parameter(
            "signal",
            "SIGKILL ends it at once; SIGTERM lets it finish its work.",
            Choice("SIGKILL", "SIGTERM"),
            "SIGKILL",
            "SIGNAL",
        ),
        TARGET_CONTAINER,
    )
    lasts = ONCE
    needs_targets = True
    is_provable = True

    def part(self, spec: FaultSpec, targets: Targets | None) -> Part:
        """One round: with an interval below the duration Litmus would kill again and again."""
        if targets is None or spec.targets is None:
            raise Refused("container-kill needs targets.", "targets")
        env = common_env(spec, targets) | self.env_of(spec.parameters)
        return Part(
            experiment=self.name,
            env=env | {"CHAOS_INTERVAL": env["TOTAL_CHAOS_DURATION"]},
            inverse=InverseKind.DELETE_ENGINE,
            sign=Sign.TARGETS_RESTART,
            postcondition=Postcondition(
                namespace=targets.namespace,
                labels=dict(spec.targets.labels),
                ready_at_least=targets.ready,
            ),
        )

    def env_rules(self) -> Mapping[str, str]:
        own = {item.env: item.kind.pattern for item in self.parameters}
        return {**COMMON_RULES, "CHAOS_INTERVAL": SECONDS, **own}
