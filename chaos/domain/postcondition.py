"""Is a fault gone? Measured on the platform itself, besides whatever Litmus says."""

from __future__ import annotations

from datetime import datetime

from chaos.domain.injection import Injection, InverseKind, Sign
from chaos.domain.run import RunView
from chaos.domain.sight import ClusterSight, Residue, ResidueKind

WORKLOADS = (ResidueKind.JOB, ResidueKind.POD)
LIVE_KINDS = (*WORKLOADS, ResidueKind.ENGINE)


def workloads(sight: ClusterSight) -> tuple[Residue, ...]:
    """Jobs and Pods that could still be injecting."""
    return tuple(item for item in sight.residue if item.kind in WORKLOADS)


def live_residue(sight: ClusterSight) -> tuple[Residue, ...]:
    """Engines, Jobs and Pods: anything that could inject or come back."""
    return tuple(item for item in sight.residue if item.kind in LIVE_KINDS)


def unmet(view: RunView, injection: Injection, sight: ClusterSight, since: datetime) -> tuple[str, ...]:
    """What still stands between this injection and "reverted", in sentences; empty when it is proven gone.

    `since` is when reverting began: a reading from before that, or before the word, proves nothing.
    """
    post, reasons = injection.postcondition, []
    if post.ready_at_least:
        reasons += _pods_unmet(injection, sight)
    if injection.inverse is InverseKind.PERSON:
        word = view.word("reverted")
        if word is None:
            reasons.append("nobody has said yet that it is undone")
        else:
            since = max(since, word.at)
    if post.probe:
        tally = view.tallies[post.probe]
        known = tally.last_known
        freshness = tally.probe.freshness
        if freshness:  # an answer may rest on a sample as old as that
            since += freshness.max_age
        if not (tally.is_steady and known and known.asked_at > since):
            value = (
                f"is {known.value:g} {tally.probe.unit}"
                if known and known.value is not None
                else "is unknown"
            )
            reasons.append(f"{post.probe} {value}, not yet back in its tolerance")
    return tuple(reasons)


def _pods_unmet(injection: Injection, sight: ClusterSight) -> list[str]:
    post, reasons = injection.postcondition, []
    wanted = post.labels.items()
    pods = [pod for pod in sight.pods if pod.namespace == post.namespace and wanted <= pod.labels.items()]
    ready = sum(pod.is_ready and not pod.is_leaving for pod in pods)
    if ready < post.ready_at_least:
        reasons.append(f"{ready} of {post.ready_at_least} pods are ready in {post.namespace}")
    leaving = [pod.name for pod in pods if pod.uid in post.gone and pod.is_leaving]
    if leaving:
        reasons.append(f"still terminating: {', '.join(leaving)}")
    return reasons


def is_there(view: RunView, injection: Injection, sight: ClusterSight) -> bool:
    """Can the fault be seen on its targets?"""
    if injection.sign is Sign.WORD:
        return view.word("injected") is not None
    if injection.sign is Sign.RESULT_INJECTED:
        return any(
            status in ("injected", "reverted")
            for result in sight.results
            for status in result.targets.values()
        )
    return bool(targets_left(injection, sight))


def targets_left(injection: Injection, sight: ClusterSight) -> tuple[str, ...]:
    """Named targets that are gone, replaced or on their way out."""
    standing = {pod.uid for pod in sight.pods if not pod.is_leaving}
    return tuple(pod.name for pod in injection.targets if pod.uid not in standing)


def targets_missing(injection: Injection, sight: ClusterSight) -> tuple[str, ...]:
    """Named targets that are no more what was approved for this launch: gone, replaced or not ready."""
    standing = {pod.uid for pod in sight.pods if pod.is_ready and not pod.is_leaving}
    return tuple(pod.name for pod in injection.targets if pod.uid not in standing)
