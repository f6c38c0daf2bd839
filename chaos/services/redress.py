"""Steps for what Litmus did not undo: pods replaced, nodes and workloads set back to what they were."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from chaos.domain.decisions import Recreate, Restore
from chaos.domain.errors import GamedayError, Refused, StoreUnavailable
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
        _refuse_if_taken(tools)
        tools.ports.cluster.remove(pods)
        return (index,)

    return _tried(act(view, RECREATE, tools, recreate), Recreate(index), now)


def restore(view: RunView, index: int, tools: Tools, now: datetime) -> RunView:
    """Only nodes and workloads that differ are touched, and only in what the fault touches."""
    injection = view.injections[index]
    changed = not_restored(injection, view.seen) if view.seen else ()
    scaled = not_scaled_back(injection, view.seen) if view.seen else ()
    keys = injection.postcondition.taint_keys
    how = {node.name: now_is for node, now_is in changed}
    how |= {workload.name: now_is for workload, now_is in scaled}
    tools.recorder.note(Change(at=now, events=(words.restoring(injection, how, now),)))

    cluster, cordons = tools.ports.cluster, injection.postcondition.cordons
    deeds = [partial(cluster.restore_node, node, keys, cordons) for node, _ in changed]
    deeds += [partial(cluster.restore_workload, workload) for workload, _ in scaled]

    def restore() -> tuple[int]:
        _refuse_if_taken(tools)
        _do_each(deeds)
        return (index,)

    return _tried(act(view, RESTORE, tools, restore), Restore(index), now)


def _tried(view: RunView, decision: Recreate | Restore, now: datetime) -> RunView:
    return replace(view, redressed_at={**view.redressed_at, decision: now})


def _refuse_if_taken(tools: Tools) -> None:
    """Who slept on the way here may wake when another has long ended the run, and what differs by then is
    somebody's will. A database that cannot say so holds nothing up."""
    try:
        fence = tools.ports.store.signals(tools.ref.run).fence
    except StoreUnavailable:
        return
    finally:
        tools.ports.store.rest()
    if fence != tools.fence:
        raise Refused("Nothing is set back: another driver has taken this run over.")


def _do_each(deeds: Sequence[Callable[[], None]]) -> None:
    """One that fails keeps no other from it; raises the first error."""
    errors = []
    for deed in deeds:
        try:
            deed()
        except GamedayError as error:
            errors.append(error)
    if errors:
        raise errors[0]
