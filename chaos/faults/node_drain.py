"""node-drain: the node is cordoned and everything that can be moved is evicted from it."""

from __future__ import annotations

from chaos.faults.on_nodes import NodeFault
from chaos.faults.rights import DRAIN


class NodeDrain(NodeFault):
    name = "node-drain"
    title = "Drain a node"
    cordons = True
    effect = "The node takes no new pods, and the pods on it are evicted, as far as their budgets allow."
    risk = (
        "Evicted pods start again elsewhere and do not come back by themselves. Where a PodDisruptionBudget "
        "refuses, the drain waits; it never forces. Lasts up to twice its duration in Litmus."
    )
    family = DRAIN
