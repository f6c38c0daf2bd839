"""What somebody or something else does to the cluster while a run is on."""

from __future__ import annotations

from dataclasses import replace

from tests.simulation.cluster import Cluster


def plan(cluster: Cluster) -> None:
    """In some schedules a target goes away, at any time: a pod is deleted, or a node is another one."""
    draw = cluster.kernel.random
    lot, at = draw.random(), draw.uniform(3.0, 60.0)
    if lot < 0.08:
        cluster.kernel.at(at, lambda: _delete_a_target(cluster))
    elif lot < 0.16:
        cluster.kernel.at(at, lambda: _replace_the_node(cluster))


def _delete_a_target(cluster: Cluster) -> None:
    """As a rollout does, or the node's own kubelet."""
    for uid in [uid for uid in cluster.pods if uid.startswith("uid-")][:1]:
        cluster.say(f"somebody deletes {cluster.pods[uid].name}")
        cluster.kernel.met["a target gone"] += 1
        cluster.delete_pod(uid)


def _replace_the_node(cluster: Cluster) -> None:
    """The machine is gone, and another has its name: schedulable, and with none of its pods."""
    node = cluster.nodes["node-0"]
    fresh = replace(node, uid=cluster.uid("node"), is_schedulable=True)
    cluster.say(f"{node.name} is another machine")
    cluster.kernel.met["a node replaced"] += 1
    cluster.replace_node(fresh)
