"""node-drain: the node is cordoned and everything that can be moved is evicted from it."""

from __future__ import annotations

from collections.abc import Mapping

from chaos.faults.on_nodes import WATCHERS, NodeFault
from chaos.faults.rights import DRAIN


class NodeDrain(NodeFault):
    name = "node-drain"
    title = "Drain a node"
    cordons = True
    effect = "The node takes no new pods, and the pods on it are evicted, as far as their budgets allow."
    risk = (
        "Evicted pods start again elsewhere and do not come back by themselves, and what they keep in an "
        "emptyDir is lost. Where a PodDisruptionBudget refuses, the drain waits and asks again, until its "
        "duration is over. Otherwise Litmus drains by force (kubectl drain --force), which deletes a pod "
        "without a controller for good: a node that runs one is refused. Lasts up to twice its duration in "
        f"Litmus. {WATCHERS}"
    )
    family = DRAIN

    def drives_off(self, parameters: Mapping[str, str]) -> bool:
        return True
