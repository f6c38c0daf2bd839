"""Is a fault gone? Measured on the platform itself, besides whatever Litmus says."""

from __future__ import annotations

from collections.abc import Mapping

from chaos.domain.injection import Injection, Progress
from chaos.domain.sight import ClusterSight, Node, Pod, Residue, ResidueKind, ResultSeen, Workload

WORKLOADS = (ResidueKind.JOB, ResidueKind.POD)
LIVE_KINDS = (*WORKLOADS, ResidueKind.ENGINE, ResidueKind.POLICY)


def workloads(sight: ClusterSight) -> tuple[Residue, ...]:
    """Jobs and Pods that could still be injecting."""
    return tuple(item for item in sight.residue if item.kind in WORKLOADS)


def live_residue(sight: ClusterSight) -> tuple[Residue, ...]:
    """Engines, Jobs and Pods, and policies they made: anything that could inject, come back or still act."""
    return tuple(item for item in sight.residue if item.kind in LIVE_KINDS)


def that_may_act(sight: ClusterSight) -> tuple[Residue, ...]:
    """Helpers, and engines that may make one: those that are not on their way out. One that only its
    finalizer still holds starts nothing any more."""
    leaving = {engine.uid for engine in sight.engines if engine.is_leaving}
    return tuple(
        item
        for item in sight.residue
        if item.kind in WORKLOADS
        or (item.kind is ResidueKind.ENGINE and item.uid not in leaving and not item.finalizers)
    )


def has_come(sight: ClusterSight, before: ClusterSight | None) -> bool:
    """Whether there is what may act, or what was not there at the look before: where nothing was left that
    may act, it came later than that, as a create does whose answer was lost."""
    known = {item.uid for item in before.residue} if before else None
    fresh = known is not None and any(item.uid not in known for item in live_residue(sight))
    return fresh or bool(that_may_act(sight))


def not_freed(injection: Injection, progress: Progress, sight: ClusterSight) -> tuple[str, ...]:
    """Targets that still stand and that no helper reports as reverted: the fault may still be in them.

    Here Litmus is believed only when it admits to having done its part; a pod that was replaced took the
    fault with it, whatever Litmus says. It makes its result before it starts a helper: where there is none,
    and none was seen, nothing was put into any pod.
    """
    results = [result for result in sight.results if result.engine == injection.name]
    if not results and progress.injected_at is None:
        return ()
    said = {
        target.rsplit("/", 1)[-1]: "injected" if _is_no_word(injection, result, status) else status
        for result in results
        for target, status in result.targets.items()
    }
    held = []
    for name, uid in injection.postcondition.freed:
        if said.get(name) == "reverted":
            continue
        there = [pod for pod in sight.pods if pod.uid == uid or _may_have_it(pod, name, said, progress)]
        held += [name] if there else []
    return tuple(held)


def _is_no_word(injection: Injection, result: ResultSeen, status: str) -> bool:
    return status == "reverted" and injection.postcondition.lies_when_aborted and not result.ran_to_its_end


def _may_have_it(pod: Pod, name: str, said: Mapping[str, str], progress: Progress) -> bool:
    """Litmus acts by name: a pod that took the name of a target before the helper came has the fault. Once
    we have replaced it, and nothing has come since, only one that is still on its way out may."""
    if pod.name != name or said.get(name) != "injected":
        return False
    return progress.recreated_at is None or pod.is_leaving


def not_restored(injection: Injection, sight: ClusterSight) -> tuple[tuple[Node, str], ...]:
    """Nodes that differ from their pre-image in what the fault touches, and how. A node that is gone, or has
    been replaced by another of its name, took what was done to it along."""
    post, changed = injection.postcondition, []
    now = {node.uid: node for node in sight.nodes}
    for pre in post.nodes:
        node = now.get(pre.uid)
        if node is None:
            continue
        if post.cordons and node.is_schedulable != pre.is_schedulable:
            changed.append((pre, "schedulable" if node.is_schedulable else "cordoned"))
        elif touched_taints(node, post.taint_keys) != touched_taints(pre, post.taint_keys):
            taints = ", ".join(touched_taints(node, post.taint_keys)) or "none"
            changed.append((pre, f"taints: {taints}"))
    return tuple(changed)


def stand_ins(injection: Injection, sight: ClusterSight) -> tuple[tuple[Node, str], ...]:
    """Other machines under the names of nodes, as the fault would have left them, and how.

    Litmus goes by the name: one that came after our last look may have got what was meant for the node
    before. Whose cordon it is cannot be told, so nobody but a person takes it off."""
    post, there = injection.postcondition, {node.uid for node in sight.nodes}
    names, found = {pre.name for pre in post.nodes if pre.uid not in there}, []
    for node in sight.nodes:
        taints = touched_taints(node, post.taint_keys)
        if node.name in names and post.cordons and not node.is_schedulable:
            found.append((node, "cordoned"))
        elif node.name in names and taints:
            found.append((node, f"taints: {', '.join(taints)}"))
    return tuple(found)


def not_scaled_back(injection: Injection, sight: ClusterSight) -> tuple[tuple[Workload, str], ...]:
    """Workloads that are not to have as many replicas as before, and how; one that is gone has no number."""
    now = {workload.uid: workload for workload in sight.workloads}
    return tuple(
        (pre, f"{now[pre.uid].replicas} replicas, not {pre.replicas}")
        for pre in injection.postcondition.workloads
        if pre.uid in now and now[pre.uid].replicas != pre.replicas
    )


def down(injection: Injection, sight: ClusterSight) -> tuple[str, ...]:
    """Nodes that were ready before the fault and are there, but not ready."""
    down = {node.uid for node in sight.nodes if not node.is_ready}
    return tuple(pre.name for pre in injection.postcondition.nodes if pre.is_ready and pre.uid in down)


def pressed(injection: Injection, sight: ClusterSight) -> list[tuple[str, str]]:
    """Nodes, and what the fault may have made short on them that was not so before."""
    post, now = injection.postcondition, {node.uid: node for node in sight.nodes}
    return [
        (pre.name, kind)
        for pre in post.nodes
        for kind in post.pressures
        if pre.uid in now and kind in now[pre.uid].pressures and kind not in pre.pressures
    ]


def namespace_lost(injection: Injection, sight: ClusterSight) -> str:
    """What became of the namespace of the targets where it is no more the one that they were in, in words;
    empty while it is, or where that could not be seen. One that is terminating still is the one."""
    post = injection.postcondition
    for found in sight.namespaces:
        if found.name != post.namespace:
            continue
        if not found.uid:
            return f"namespace {found.name} is no more there"
        if post.namespace_uid and found.uid != post.namespace_uid:
            return f"namespace {found.name} is another one by now"
    return ""


def namespace_leaving(injection: Injection, sight: ClusterSight) -> bool:
    """Whether somebody has deleted the namespace of the targets, and it is on its way out."""
    name = injection.postcondition.namespace
    return any(found.name == name and found.is_leaving for found in sight.namespaces)


def touched_taints(node: Node, keys: tuple[str, ...]) -> tuple[str, ...]:
    """The node's taints with one of these keys, in a stable order."""
    return tuple(sorted(taint for taint in node.taints if taint.split("=")[0].split(":")[0] in keys))


def targets_missing(injection: Injection, sight: ClusterSight) -> tuple[str, ...]:
    """Named targets that are no more what was approved for this launch: gone, replaced, not ready or without
    the labels they were found by."""
    wanted = injection.postcondition.labels.items()
    standing = {
        pod.uid for pod in sight.pods if pod.is_ready and not pod.is_leaving and wanted <= pod.labels.items()
    }
    nodes = {node.uid for node in sight.nodes if node.is_ready}
    missing = [pod.name for pod in injection.targets if pod.uid not in standing]
    return (*missing, *(node.name for node in injection.nodes if node.uid not in nodes))
