"""node-drain: the node is cordoned and everything that can be moved is evicted from it."""

from __future__ import annotations

from collections.abc import Mapping

from chaos.faults.on_nodes import PODS_BACK, WATCHERS, NodeFault
from chaos.faults.rights import DRAIN


class NodeDrain(NodeFault):
    name = "node-drain"
    title = "Drain a node"
    cordons = True
    effect = (
        "The node is emptied as before its maintenance: it takes no new pods, and those on it, of whatever "
        "team, are evicted and start again on other nodes, as far as their budgets allow."
    )
    proof = f"The node is ready, and takes new pods again just if it did before. {PODS_BACK}"
    risk = (
        "Evicted pods start again elsewhere and do not come back by themselves, and what they keep in an "
        "emptyDir is lost. Where a PodDisruptionBudget refuses, the drain waits and asks again, until its "
        "duration is over. Otherwise Litmus drains by force (kubectl drain --force), which deletes a pod "
        f"without a controller for good: a node that runs one is refused. {WATCHERS}"
    )
    lasts = (
        "How long it lasts at the most stands beside the parameters, as `duration`; the cluster's limits "
        "bound it, and Gameday ends the fault after that time. Were Gameday gone, Litmus would end it by "
        "itself, after twice that time at the latest: it counts the evictions and the waiting apart."
    )
    family = DRAIN

    def drives_off(self, parameters: Mapping[str, str]) -> bool:
        return True
