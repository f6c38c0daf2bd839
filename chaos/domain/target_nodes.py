"""Which nodes a fault may touch: resolved by name, never the control plane, never the last one."""

from __future__ import annotations

from collections.abc import Sequence

from chaos.domain.errors import Refused
from chaos.domain.sight import Node, Pod
from chaos.domain.spec import TargetSpec
from chaos.domain.targets import Limits, Targets, wanted_count


def resolve_nodes(
    targets: TargetSpec,
    nodes: Sequence[Node],
    labelled: Sequence[Node],
    pods: Sequence[Pod],
    limits: Limits,
) -> Targets:
    """Name the nodes, in an order that is the same for the same cluster.

    `nodes` are all of the cluster, `labelled` those with the labels of a `node` selector, `pods` those with
    the labels of a `node-of`.

    Raises Refused when nothing matches, a limit would be passed, or no other node would be left to run the
    experiment and what is evicted.
    """
    workers = [node for node in nodes if not node.is_control_plane]
    found = sorted(_matching(targets, labelled, pods), key=lambda node: node.name)
    where = f" in zone {targets.zone}" if targets.zone else ""
    if not found:
        what = "runs such pods" if targets.kind == "node-of" else "has these labels"
        raise Refused(f"No worker node{where} {what}; check the selector.", "targets.labels")
    count = wanted_count(targets, len(found))
    if not 1 <= count <= min(len(found), limits.max_nodes):
        raise Refused(
            f"{count} nodes are asked for; {len(found)} match{where}, and this cluster allows "
            f"{limits.max_nodes} at the most.",
            "targets.count",
        )
    chosen = tuple(found[:count])
    others = [node for node in workers if node not in chosen and node.is_ready and node.is_schedulable]
    if not others:
        raise Refused("No other node would be left to take up what is moved.", "targets.count")
    ready = sum(pod.is_ready and not pod.is_leaving for pod in pods)
    spare = min(others, key=lambda node: node.name).name
    return Targets(targets.namespace, (), len(workers), ready, chosen, spare)


def _matching(targets: TargetSpec, nodes: Sequence[Node], pods: Sequence[Pod]) -> list[Node]:
    """Nodes selected by their own labels come filtered already; those of a `node-of` run one of the pods."""
    running = {pod.node for pod in pods if not pod.is_leaving}
    return [
        node
        for node in nodes
        if not node.is_control_plane
        and (targets.kind == "node" or node.name in running)
        and targets.zone in ("", node.zone)
    ]
