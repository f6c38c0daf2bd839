"""What comes of a run after its end.

A create that lay on the wire for minutes, behind a process that was frozen there, lands when the grant of its
run is long gone. Kubernetes collects it then; but where the collector is behind, the fault may be in before.
The sweep deletes it. What it did is looked for and undone here, by the run's own postconditions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from chaos.domain.injection import Injection, Progress
from chaos.domain.left import Left
from chaos.domain.measured import Part
from chaos.domain.postcondition import live_residue, not_freed, not_restored, not_scaled_back
from chaos.domain.proof import left
from chaos.domain.record import RunRecord
from chaos.domain.sight import ClusterSight, Residue, ResidueKind
from chaos.ports import Cluster, RunRef, Store
from chaos.services import words
from chaos.services.perceive import view_of

SOON = timedelta(minutes=15)
"""After a run's end. What differs later from how it was before the run is not taken for its doing."""
OURS = frozenset({Part.OWN, Part.POLICIES, None})
ITS_DOING = OURS | {Part.FREED, Part.SCHEDULABLE, Part.TAINTS, Part.REPLICAS}
"""What else a postcondition asks for (pods that are ready, a green probe) is no more this run's to say."""


def notice(run: str, port: Cluster, store: Store, now: datetime) -> bool:
    """Whether anything of a run that is over is there, or may be; what is seen is written down.

    What made somebody ask was seen by a look that may have begun before the run's end. One that begins now
    tells.
    """
    record = store.load(run)
    sight = port.look(_ref(record), record.injections)
    if sight.unseen:  # then what would tell is kept, until it is known
        return True
    if not live_residue(sight) and not sight.results:
        return False
    is_its_doing = _is_its_doing(record, now)
    event = words.came_late(sight, is_its_doing, now)
    alone = [replace(one, left_alone_at=now) for one in record.progress if one.requested_at]
    store.note_late(run, now, (Left(event.text, at=now),), (event,), () if is_its_doing else alone)
    return True


def look_after(run: str, since: datetime, port: Cluster, store: Store, now: datetime) -> None:
    """Undo what came after the end and was noticed at `since`; say that it is gone once that is measured.

    To be repeated until then. Raises what the cluster raises.
    """
    record = store.load(run)
    sight = _disbelieving(port.look(_ref(record), record.injections))
    found = _left(record, sight, since, now)
    if sight.unseen or live_residue(sight):
        again = () if sight.unseen else _to_be_replaced_again(record, since)
        return store.note_late(run, now, found, (), again)
    is_its_doing = _is_its_doing(record, since)
    asked = [*_asked(record, since)] if is_its_doing else []
    pods = [(injection, _held(injection, progress, sight)) for injection, progress in asked]

    def replace_pods(injection: Injection, held: Sequence[Residue]) -> None:
        port.remove(held)
        done = replace(record.progress[injection.index], recreated_at=now)
        store.note_late(run, now, found, (), (done,))

    deeds = [*_deeds(pods, sight, port, replace_pods)]
    if not deeds:
        return store.note_late(run, now, found, () if found else (words.gone_late(is_its_doing, now),))
    store.note_late(run, now, found, (words.undone_late([name for name, _ in deeds], now),))
    _do_all(deed for _, deed in deeds)


def _to_be_replaced_again(record: RunRecord, since: datetime) -> list[Progress]:
    """What is there now came after these were replaced, by us and for what came before it: it may be in those
    that took their place."""
    done = [one for one in record.progress if one.recreated_at and one.recreated_at >= since]
    return [replace(one, recreated_at=None) for one in done]


def _disbelieving(sight: ClusterSight) -> ClusterSight:
    """No probe is read any more that could tell whether a helper that says "reverted" did it: each of its
    targets is to be replaced."""
    results = tuple(replace(one, targets=dict.fromkeys(one.targets, "injected")) for one in sight.results)
    return replace(sight, results=results)


def _is_its_doing(record: RunRecord, since: datetime) -> bool:
    return since <= record.state_since + SOON


def _held(injection: Injection, progress: Progress, sight: ClusterSight) -> list[Residue]:
    """Pods that the fault may still be in."""
    held, namespace = not_freed(injection, progress, sight), injection.namespace
    return [
        Residue(ResidueKind.POD, namespace, pod.name, pod.uid)
        for pod in sight.pods
        if pod.name in held and pod.namespace == namespace
    ]


def _deeds(
    asked: Sequence[tuple[Injection, Sequence[Residue]]],
    sight: ClusterSight,
    port: Cluster,
    replace_pods: Callable[[Injection, Sequence[Residue]], None],
) -> Iterator[tuple[str, Callable[[], None]]]:
    """Each with what it undoes, in words."""
    for injection, held in asked:
        post = injection.postcondition
        if held:
            yield ", ".join(map(str, held)), partial(replace_pods, injection, held)
        for node, _ in not_restored(injection, sight):
            yield f"node {node.name}", partial(port.restore_node, node, post.taint_keys, post.cordons)
        for workload, _ in not_scaled_back(injection, sight):
            yield str(workload), partial(port.restore_workload, workload)


def _asked(record: RunRecord, since: datetime) -> Iterator[tuple[Injection, Progress]]:
    """Without what came of it in the run itself: that was proven gone."""
    for injection, progress in zip(record.injections, record.progress, strict=True):
        if progress.requested_at:
            at = progress.recreated_at
            yield (
                injection,
                replace(progress, injected_at=None, recreated_at=at if at and at >= since else None),
            )


def _left(record: RunRecord, sight: ClusterSight, since: datetime, now: datetime) -> tuple[Left, ...]:
    if sight.unseen:
        return (Left(f"the cluster cannot be seen: {sight.unseen}", at=sight.at),)
    anew = {injection.index: progress for injection, progress in _asked(record, since)}
    progress = tuple(anew.get(item.index, item) for item in record.progress)
    view = view_of(replace(record, progress=progress, readings=()), now)
    parts = ITS_DOING if _is_its_doing(record, since) else OURS
    return tuple(item for item in left(view, sight, since) if item.part in parts)


def _ref(record: RunRecord) -> RunRef:
    return RunRef(record.run, record.installation, record.spec.scenario)


def _do_all(deeds: Iterable[Callable[[], None]]) -> None:
    """One that fails, for whatever reason, keeps no other from it; raises the first error."""
    errors = []
    for deed in deeds:
        try:
            deed()
        except Exception as error:
            errors.append(error)
    if errors:
        raise errors[0]
