"""Steps for what Litmus did not undo: pods replaced, nodes and workloads set back to what they were."""

from __future__ import annotations

from datetime import datetime

from chaos.domain.postcondition import not_freed, not_restored, not_scaled_back
from chaos.domain.record import Change
from chaos.domain.run import RunView
from chaos.domain.sight import Residue, ResidueKind
from chaos.services import words
from chaos.services.acts import RECREATE, RESTORE, Tools, act


def recreate_targets(view: RunView, index: int, tools: Tools, now: datetime) -> RunView:
    """Only the pods that were seen under the names of targets, each by its own UID, are deleted."""
    injection, seen = view.injections[index], view.seen
    held = set(not_freed(injection, view.progress[index], seen)) if seen else set()
    pods = tuple(
        Residue(ResidueKind.POD, pod.namespace, pod.name, pod.uid, tools.ref.run)
        for pod in (seen.pods if seen else ())
        if pod.name in held and pod.namespace == injection.namespace
    )
    tools.recorder.note(Change(at=now, events=(words.recreating(injection, sorted(held), now),)))

    def recreate() -> tuple[int]:
        tools.ports.cluster.remove(pods)
        return (index,)

    return act(view, RECREATE, tools, recreate)


def restore(view: RunView, index: int, tools: Tools, now: datetime) -> RunView:
    """Only nodes and workloads that differ are touched, and only in what the fault touches."""
    injection = view.injections[index]
    changed = not_restored(injection, view.seen) if view.seen else ()
    scaled = not_scaled_back(injection, view.seen) if view.seen else ()
    keys = injection.postcondition.taint_keys
    how = {node.name: now_is for node, now_is in changed}
    how |= {workload.name: now_is for workload, now_is in scaled}
    tools.recorder.note(Change(at=now, events=(words.restoring(injection, how, now),)))

    def restore() -> tuple[int]:
        for node, _ in changed:
            tools.ports.cluster.restore_node(node, keys, injection.postcondition.cordons)
        for workload, _ in scaled:
            tools.ports.cluster.restore_workload(workload)
        return (index,)

    return act(view, RESTORE, tools, restore)
