"""Part by part of a postcondition: what a look found, and what it found left.

The one place that decides whether a fault is gone. `unmet` and `left` say what is in the way, `measured` what
held: made of the same look in the same pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chaos.domain.injection import Injection, InverseKind, Postcondition, Progress
from chaos.domain.left import Left, of_ours
from chaos.domain.measured import Measured, Part
from chaos.domain.postcondition import (
    down,
    live_residue,
    namespace_lost,
    not_freed,
    not_restored,
    not_scaled_back,
    pressed,
    stand_ins,
    touched_taints,
)
from chaos.domain.run import RunView
from chaos.domain.sight import ClusterSight, Pod, ResidueKind

_UNDONE_BY_LITMUS = frozenset({Part.FREED, Part.SCHEDULABLE, Part.TAINTS, Part.REPLICAS})


@dataclass(frozen=True, slots=True)
class _Seen:
    """Of one part: in words what was found, what is left, and what is no more there at all."""

    part: Part
    found: str
    left: tuple[Left, ...] = ()
    gone: tuple[str, ...] = ()
    at: datetime | None = None


def expected(injection: Injection) -> Mapping[Part, str]:
    """What has to be measured before anyone says that it is gone, in words."""
    post, words = injection.postcondition, dict[Part, str]()
    nodes = ", ".join(node.name for node in post.nodes)
    if post.ready_at_least:
        labels = ", ".join(f"{key}={value}" for key, value in sorted(post.labels.items()))
        words[Part.READY] = f"at least {post.ready_at_least} pods with {labels} are ready in {post.namespace}"
    if post.gone:
        words[Part.LEFT] = "none of the targeted pods is still terminating"
    if post.freed:
        when = " in an experiment that ran to its end" if post.lies_when_aborted else ""
        words[Part.FREED] = f"each target was taken back by its helper{when}, or was replaced"
    if nodes and post.cordons:
        words[Part.SCHEDULABLE] = f"{nodes} takes pods as it did before"
    if nodes and post.taint_keys:
        words[Part.TAINTS] = _taints_as_before(post)
    if nodes and post.pressures:
        words[Part.PRESSURE] = f"{nodes} is under no pressure that it was not under before"
    if nodes:
        words[Part.NODES] = f"{nodes} is ready"
    if post.workloads:
        words[Part.REPLICAS] = "each workload is to have as many replicas as before"
    if post.uncut:
        words[Part.POLICIES] = "no network policy of the fault is left"
    if injection.inverse is InverseKind.PERSON:
        words[Part.WORD] = "a named person says that it is undone"
    if post.probe:
        words[Part.PROBE] = f"{post.probe} is back in its tolerance, by readings taken after that"
    words[Part.OWN] = "no engine, job or pod of this run is left in the cluster"
    return words


def _taints_as_before(post: Postcondition) -> str:
    """Of the taints that the fault sets: most nodes had none of them, and are to have none again."""
    keys = ", ".join(post.taint_keys)
    had = {node.name: touched_taints(node, post.taint_keys) for node in post.nodes}
    return "; ".join(
        f"{name} has the taints {', '.join(taints)} again, and no other {keys}"
        if taints
        else f"{name} has no taint {keys}, as before"
        for name, taints in had.items()
    )


def unmet(view: RunView, injection: Injection, sight: ClusterSight, since: datetime) -> tuple[str, ...]:
    """What still stands between this injection and "reverted" on the platform, in sentences.

    `since` is when reverting began: a reading from before that, or before the word, proves nothing. What is
    ours of the run is not among it: see `postcondition.live_residue`.
    """
    return tuple(item.sentence for seen in _platform(view, injection, sight, since) for item in seen.left)


def not_undone(view: RunView, injection: Injection, sight: ClusterSight, since: datetime) -> tuple[str, ...]:
    """Of `unmet`, what Litmus undoes before its helpers are gone or not at all: no waiting mends it."""
    found = (item for seen in _platform(view, injection, sight, since) for item in seen.left)
    return tuple(item.sentence for item in found if item.part in _UNDONE_BY_LITMUS)


def left(view: RunView, sight: ClusterSight, since: datetime) -> tuple[Left, ...]:
    """All that stands between the run and "reverted": our own objects, then what its faults did."""
    found = [of_ours(item) for item in live_residue(sight)]
    for injection, progress in zip(view.injections, view.progress, strict=True):
        if progress.requested_at:
            found += [item for seen in _platform(view, injection, sight, since) for item in seen.left]
    return tuple(replace(item, at=sight.at) for item in found)


def measured(
    view: RunView, injection: Injection, sight: ClusterSight, since: datetime
) -> tuple[Measured, ...]:
    """The parts of the postcondition that hold, as this look shows it. One that does not is not in it."""
    return tuple(
        Measured(seen.part, seen.found, seen.at or sight.at, seen.gone)
        for seen in (*_platform(view, injection, sight, since), *_ours(injection, sight))
        if not seen.left
    )


def proven_at(
    view: RunView, injections: Iterable[Injection], sight: ClusterSight, since: datetime
) -> datetime:
    """When the last part of what proves these gone was measured: a probe may be read after the look."""
    found = (item.at for each in injections for item in measured(view, each, sight, since))
    return max((sight.at, *found))


def _platform(view: RunView, injection: Injection, sight: ClusterSight, since: datetime) -> Iterator[_Seen]:
    yield from _pods(injection, view.progress[injection.index], sight)
    yield from _nodes(injection, sight)
    yield from _readings(view, injection, since, sight)


def _ours(injection: Injection, sight: ClusterSight) -> Iterator[_Seen]:
    live = live_residue(sight)
    policies = tuple(of_ours(item) for item in live if item.kind is ResidueKind.POLICY)
    if injection.postcondition.uncut:
        yield _Seen(Part.POLICIES, "none is left", policies)
    yield _Seen(Part.OWN, "nothing is left", tuple(map(of_ours, live)))


def _pods(injection: Injection, progress: Progress, sight: ClusterSight) -> Iterator[_Seen]:
    post = injection.postcondition
    wanted, where = post.labels.items(), post.namespace
    if post.ready_at_least:
        pods = [pod for pod in sight.pods if pod.namespace == where and wanted <= pod.labels.items()]
        ready = sum(pod.is_ready and not pod.is_leaving for pod in pods)
        said = f"{ready} of {post.ready_at_least} pods are ready in {where}"
        lost = namespace_lost(injection, sight)
        labels = tuple(f"{key}={value}" for key, value in sorted(wanted))
        lacking = Left(said, Part.READY, "Pod", where, now=labels)
        if ready < post.ready_at_least and lost:
            yield _Seen(Part.READY, lost, gone=(f"namespace {where}",))
        else:
            yield _Seen(Part.READY, said, () if ready >= post.ready_at_least else (lacking,))
    if post.gone:
        slow = [pod for pod in sight.pods if pod.uid in post.gone and pod.is_leaving]
        yield _Seen(Part.LEFT, "none is terminating", tuple(_terminating(slow)))
    if post.freed:
        held = not_freed(injection, progress, sight)
        sentence = f"the fault was not taken out of {', '.join(held)}"
        fault = Left(sentence, Part.FREED, "Pod", injection.namespace, held)
        yield _Seen(Part.FREED, _freed(injection, sight), (fault,) if held else ())


def _terminating(pods: Sequence[Pod]) -> Iterator[Left]:
    if pods:
        names = tuple(pod.name for pod in pods)
        yield Left(f"still terminating: {', '.join(names)}", Part.LEFT, "Pod", pods[0].namespace, names)


def _freed(injection: Injection, sight: ClusterSight) -> str:
    there = {pod.uid for pod in sight.pods}
    stands = [name for name, uid in injection.postcondition.freed if uid in there]
    replaced = [name for name, uid in injection.postcondition.freed if uid not in there]
    said = [f"taken back: {', '.join(stands)}"] if stands else []
    return "; ".join([*said, *([f"replaced or gone: {', '.join(replaced)}"] if replaced else [])])


def _nodes(injection: Injection, sight: ClusterSight) -> Iterator[_Seen]:
    post, there = injection.postcondition, {node.uid: node for node in sight.nodes}
    gone = tuple(pre.name for pre in post.nodes if pre.uid not in there)
    cordoned, tainted = list[Left](), list[Left]()
    for pre, how in not_restored(injection, sight):
        now, sentence = there[pre.uid], f"node {pre.name} is not as it was ({how})"
        at_it = _on_node(sentence, Part.SCHEDULABLE, pre.name, pre.uid)
        if post.cordons and now.is_schedulable != pre.is_schedulable:
            was = "schedulable" if pre.is_schedulable else "cordoned"
            cordoned.append(replace(at_it, before=(was,), now=(how,)))
        else:
            before, after = (touched_taints(node, post.taint_keys) for node in (pre, now))
            tainted.append(replace(at_it, part=Part.TAINTS, before=before, now=after))
    for node, how in stand_ins(injection, sight):
        sentence = f"node {node.name} is another machine by now, and has what the fault does ({how})"
        if post.cordons and not node.is_schedulable:
            at_it = _on_node(sentence, Part.SCHEDULABLE, node.name, node.uid)
            cordoned.append(replace(at_it, before=("schedulable",), now=(how,)))
        else:
            at_it = _on_node(sentence, Part.TAINTS, node.name, node.uid)
            tainted.append(replace(at_it, now=touched_taints(node, post.taint_keys)))
    if post.nodes and post.cordons:
        yield _Seen(Part.SCHEDULABLE, "as before", tuple(cordoned), gone)
    if post.nodes and post.taint_keys:
        yield _Seen(Part.TAINTS, "as before", tuple(tainted), gone)
    yield from _workloads(injection, sight)
    if post.nodes:
        off = [_on_node(f"node {name} is not ready", Part.NODES, name) for name in down(injection, sight)]
        yield _Seen(Part.NODES, "ready", tuple(off), gone)
    if post.nodes and post.pressures:
        short = [
            replace(
                _on_node(f"node {name} has {what}, which it had not before", Part.PRESSURE, name), now=(what,)
            )
            for name, what in pressed(injection, sight)
        ]
        yield _Seen(Part.PRESSURE, "none that was not there before", tuple(short), gone)


def _on_node(sentence: str, part: Part, name: str, uid: str = "") -> Left:
    return Left(sentence, part, "Node", "", (name,), uid)


def _workloads(injection: Injection, sight: ClusterSight) -> Iterator[_Seen]:
    pre_images = injection.postcondition.workloads
    if not pre_images:
        return
    there = {workload.uid: workload for workload in sight.workloads}
    gone = tuple(str(pre) for pre in pre_images if pre.uid not in there)
    scaled = [
        Left(
            f"{pre} has {how}",
            Part.REPLICAS,
            pre.kind,
            pre.namespace,
            (pre.name,),
            pre.uid,
            before=(str(pre.replicas),),
            now=(str(there[pre.uid].replicas),),
        )
        for pre, how in not_scaled_back(injection, sight)
    ]
    yield _Seen(Part.REPLICAS, "as before", tuple(scaled), gone)


def _readings(view: RunView, injection: Injection, since: datetime, sight: ClusterSight) -> Iterator[_Seen]:
    probe = injection.postcondition.probe
    if injection.inverse is InverseKind.PERSON:
        word = view.word("reverted")
        if word is None:
            yield _Seen(Part.WORD, "", (Left("nobody has said yet that it is undone", Part.WORD),))
        else:
            since = max(since, word.at)
            yield _Seen(Part.WORD, f"{word.by} says that it is undone", at=word.at)
    if not probe:
        return
    tally = view.tallies.get(probe)
    if tally is None:
        sentence = f"{probe} is no probe of this run, so nothing can prove that the fault is gone"
        yield _Seen(Part.PROBE, "", (Left(sentence, Part.PROBE, names=(probe,)),))
        return
    known, lost = tally.last_known, namespace_lost(injection, sight)
    value = f"is {known.value:g} {tally.probe.unit}" if known and known.value is not None else "is unknown"
    if tally.is_steady_since(since) and known:
        yield _Seen(Part.PROBE, f"{probe} {value}".strip(), at=known.at)
    elif lost and not injection.postcondition.nodes:
        # The pods that the fault was in went with it: the probe asks for what is no more there.
        where = f"namespace {injection.postcondition.namespace}"
        yield _Seen(Part.PROBE, f"{probe} {value}, and says nothing of it any more: {lost}", gone=(where,))
    else:
        sentence = f"{probe} {value}, not yet back in its tolerance"
        yield _Seen(Part.PROBE, "", (Left(sentence, Part.PROBE, names=(probe,)),))
