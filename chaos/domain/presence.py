"""Is a fault there, and on which of its targets? Measured on the platform where that can be."""

from __future__ import annotations

from collections.abc import Iterable

from chaos.domain.injection import Injection, Progress, Sign
from chaos.domain.postcondition import down, not_restored, not_scaled_back
from chaos.domain.run import RunView
from chaos.domain.sight import ClusterSight, ResidueKind

BY_HAND = "by hand"
"""The one target of a fault that a person injects."""


def is_there(view: RunView, injection: Injection, sight: ClusterSight) -> bool:
    """Can the fault be seen on any of its targets? From then on it counts as injected, and must be undone."""
    return bool(hit(view, injection, sight))


def missed(injections: Iterable[Injection], progress: Iterable[Progress]) -> tuple[str, ...]:
    """Targets on which a fault that was asked for was never seen, by name."""
    return tuple(
        name
        for injection, item in zip(injections, progress, strict=True)
        if item.requested_at
        for name in _wanted(injection)
        if name not in item.hit
    )


def hit(view: RunView, injection: Injection, sight: ClusterSight) -> frozenset[str]:
    """The names of what the fault can be seen on at this look: pods, workloads, or nodes and the pods that
    are to leave them."""
    return frozenset(_hit(view, injection, sight))


def targets_left(injection: Injection, sight: ClusterSight) -> tuple[str, ...]:
    """Named targets that are gone, replaced or on their way out."""
    standing = {pod.uid for pod in sight.pods if not pod.is_leaving}
    return tuple(pod.name for pod in injection.targets if pod.uid not in standing)


def _wanted(injection: Injection) -> tuple[str, ...]:
    if injection.sign is Sign.WORD:
        return (BY_HAND,)
    if injection.sign is Sign.SCALED:
        return tuple(workload.name for workload in injection.postcondition.workloads)
    pods = tuple(pod.name for pod in injection.targets)
    return pods or (*(node.name for node in injection.nodes), *(pod.path for pod in injection.leaving))


def _hit(view: RunView, injection: Injection, sight: ClusterSight) -> Iterable[str]:
    match injection.sign:
        case Sign.WORD:
            return (BY_HAND,) if view.word("injected") else ()
        case Sign.RESULT_INJECTED:
            return _said_injected(injection, sight) & {pod.name for pod in injection.targets}
        case Sign.NODE_CHANGED:
            return _on_nodes(injection, sight)
        case Sign.POLICY_MADE:
            is_cut = any(item.kind is ResidueKind.POLICY for item in sight.residue)
            return [pod.name for pod in injection.targets if is_cut]
        case Sign.SCALED:
            return [workload.name for workload, _ in not_scaled_back(injection, sight)]
        case Sign.NODE_DOWN:
            return down(injection, sight)
        case Sign.HELPER_ON_NODE:
            return _helped(injection, sight)
        case Sign.TARGETS_RESTART:
            restarts = {pod.uid: pod.restarts for pod in sight.pods}
            return [pod.name for pod in injection.targets if restarts.get(pod.uid, 0) > pod.restarts]
    return targets_left(injection, sight)


def _said_injected(injection: Injection, sight: ClusterSight) -> set[str]:
    """By its own result: those of earlier rungs and of the other nodes of a zone say nothing of it."""
    return {
        target.rsplit("/", 1)[-1]
        for result in sight.results
        if result.engine == injection.name
        for target, status in result.targets.items()
        if status in ("injected", "reverted")
    }


def _on_nodes(injection: Injection, sight: ClusterSight) -> set[str]:
    """Nodes that are changed, or were by Litmus' word, and the pods that have left them since. A cordon alone
    moves nobody: a drain may be refused by a budget from its beginning to its end."""
    names = {node.name for node in injection.postcondition.nodes}
    touched = {node.name for node, _ in not_restored(injection, sight)}
    touched |= _said_injected(injection, sight) & names
    standing = {pod.uid for pod in sight.pods if not pod.is_leaving and pod.node in names}
    return touched | {pod.path for pod in injection.leaving if touched and pod.uid not in standing}


def _helped(injection: Injection, sight: ClusterSight) -> set[str]:
    """Nodes on which a pod of its own engine runs: the helper, since the others are kept off them."""
    names = {node.name for node in injection.nodes}
    return {
        pod.node
        for pod in sight.engine_pods
        if pod.is_running and pod.engine == injection.name and pod.node in names
    }
