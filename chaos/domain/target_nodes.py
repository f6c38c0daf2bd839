"""Which nodes a fault may touch: resolved by name, never the control plane, never the last one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chaos.domain.errors import OverLimits, Refused
from chaos.domain.sight import Node, Pod
from chaos.domain.spec import TargetSpec
from chaos.domain.targets import Limits, Targets, check_share, wanted_count, zones_of


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
        zones = f" The nodes are in {zones_of(workers)}." if targets.zone else ""
        raise Refused(f"No worker node{where} {what}; check the selector.{zones}", "targets.labels")
    count = wanted_count(targets, len(found))
    if not 1 <= count <= min(len(found), limits.max_nodes):
        raise Refused(
            f"{count} nodes are asked for; {len(found)} match{where}, and this cluster allows "
            f"{limits.max_nodes} at the most.",
            "targets.count",
        )
    chosen = tuple(found[:count])
    others = [node for node in workers if node not in chosen and node.takes_any_pod and node.hostname]
    if not others:
        raise Refused(
            "No other node would be left that is ready and without taints, for the experiment's own pod and "
            "what is moved.",
            "targets.count",
        )
    names, staying = {node.name for node in chosen}, [pod for pod in pods if not pod.is_leaving]
    ready = sum(pod.is_ready for pod in staying)
    if targets.kind == "node-of":
        check_share(sum(pod.node in names for pod in staying), len(staying), ready, limits)
    spare = min(others, key=lambda node: node.name).hostname
    return Targets(targets.namespace, (), len(workers), ready, chosen, spare, zone=targets.zone)


def with_aboard(found: Targets, pods: Sequence[Pod], limits: Limits) -> Targets:
    """The targets with what runs on them. Pods of their nodes themselves, as of DaemonSets, are not moved.

    Raises OverLimits for a pod of a namespace that may not be touched, and Refused for one that nothing would
    start elsewhere: Litmus drains by force, which deletes that one for good.
    """
    aboard = sorted(
        (pod for pod in pods if not pod.is_leaving and not pod.is_of_node), key=lambda pod: pod.path
    )
    for pod in aboard:
        why, what = limits.why_not_in(pod.namespace), f"{pod.node} runs {pod.path}"
        if why:
            raise OverLimits(
                f"{what}, and namespace {pod.namespace} {why}. It would be moved or suffer with its node; "
                "choose another.",
                "targets",
            )
        if pod.is_bare:
            raise Refused(
                f"{what}, which no controller would replace once it is gone; choose another node.", "targets"
            )
    return replace(found, aboard=tuple(aboard))


def check_aboard(found: Targets, pods: Sequence[Pod], limits: Limits) -> None:
    """Hold every workload that runs aboard to the limits on pods, however the nodes were selected.

    `pods` are all of the namespaces that have any aboard. A share is of those that are ready or aboard: one
    that waits for a node elsewhere, or has ended and was kept, does no work. Raises OverLimits with the
    workload's name.
    """
    for crew in sorted({_crew(pod) for pod in found.aboard}):
        touched = {pod.uid for pod in found.aboard if _crew(pod) == crew}
        ready = {pod.uid for pod in pods if _crew(pod) == crew and pod.is_ready and not pod.is_leaving}
        namespace, (kind, _, name) = crew[0], crew[1].partition(" ")
        whose = f"{kind} {namespace}/{name}"
        check_share(len(touched), len(touched | ready), len(ready), limits, whose)


def _crew(pod: Pod) -> tuple[str, str]:
    """Whose pod it is: the namespace, and the workload in it."""
    return pod.namespace, pod.workload


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
