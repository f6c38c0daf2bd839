"""node-taint: the node gets a taint that keeps pods away, or drives them off."""

from __future__ import annotations

from collections.abc import Mapping

from chaos.domain.errors import Refused
from chaos.domain.spec import FaultSpec
from chaos.domain.targets import Targets
from chaos.faults.base import Parameter, Part, Risk, with_env
from chaos.faults.kinds import Choice, Matching
from chaos.faults.on_nodes import PODS_BACK, WATCHERS, NodeFault
from chaos.faults.rights import TAINT

_OWN = r"(?![^/]*(?:kubernetes\.io|k8s\.io)/)"
_PREFIX = r"[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?/"
_KEY = rf"{_OWN}(?:{_PREFIX})?[A-Za-z0-9](?:[-A-Za-z0-9_.]{{0,61}}[A-Za-z0-9])?"
"""Shaped as a label's, and not one of Kubernetes' own: on those its controllers act, up to deleting pods by
force."""
_VALUE = r"[a-zA-Z0-9]([-a-zA-Z0-9_.]{0,61}[a-zA-Z0-9])?"
_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")


class NodeTaint(NodeFault):
    name = "node-taint"
    title = "Taint a node"
    effect = (
        "The node is marked with a taint: new pods are not put on it and, with NoExecute, those on it, of "
        "whatever team, are driven off and start again on other nodes. Pods that tolerate the taint stay."
    )
    proof = f"The node is ready, and no taint of that key is on it, as before. {PODS_BACK}"
    risk = (
        "With NoExecute, pods without a toleration are deleted at once, whatever their budgets say, and do "
        f"not come back by themselves. {WATCHERS}"
    )
    risk_class = Risk.HIGH
    family = TAINT
    own = (
        Parameter(
            "key",
            "The taint's key; one that nobody else uses.",
            Matching(_KEY, "a taint's key"),
            example="gameday",
        ),
        Parameter("value", "The taint's value.", Matching(_VALUE, "a taint's value"), "gameday"),
        Parameter(
            "effect",
            "NoSchedule: no new pods are put on the node. PreferNoSchedule: only where no other node has "
            "room. "
            "NoExecute: those that run there are driven off as well.",
            Choice(*_EFFECTS),
            "NoSchedule",
        ),
    )

    def drives_off(self, parameters: Mapping[str, str]) -> bool:
        return parameters["effect"] == "NoExecute"

    def taint_keys(self, parameters: Mapping[str, str]) -> tuple[str, ...]:
        return (parameters["key"],)

    def part(self, spec: FaultSpec, targets: Targets | None) -> Part:
        """Refused for a key that the node has already: Litmus would take that one away."""
        key = spec.parameters["key"]
        for node in targets.nodes if targets else ():
            if any(taint.split("=")[0].split(":")[0] == key for taint in node.taints):
                raise Refused(f"{node.name} has a taint {key} already; choose another key.", "parameters.key")
        part = super().part(spec, targets)
        taint = f"{key}={spec.parameters['value']}:{spec.parameters['effect']}"
        return with_env(part, {"TAINTS": taint})

    def env_rules(self) -> Mapping[str, str]:
        return {**super().env_rules(), "TAINTS": rf"{_KEY}={_VALUE}:({'|'.join(_EFFECTS)})"}
