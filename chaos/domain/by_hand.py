"""How somebody with kubectl and nothing else undoes what a fault left: commands, for each kind of it. Pure.

Names come out of the cluster; each is quoted for a POSIX shell, so that no name can be more than a name.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from shlex import join

from chaos.domain.left import Left
from chaos.domain.measured import Part
from chaos.domain.sight import ResidueKind

GRACE = "--grace-period=60"
"""Seconds in which a helper undoes its fault when it is asked to end; killed outright, it undoes nothing."""

PLURAL = {
    ResidueKind.GRANT.value: "leases.coordination.k8s.io",
    ResidueKind.ENGINE.value: "chaosengines.litmuschaos.io",
    ResidueKind.RESULT.value: "chaosresults.litmuschaos.io",
    ResidueKind.JOB.value: "jobs.batch",
    ResidueKind.POD.value: "pods",
    ResidueKind.POLICY.value: "networkpolicies.networking.k8s.io",
}


@dataclass(frozen=True, slots=True)
class Hand:
    """One thing to do by hand: in words, and the command, empty where there is none."""

    words: str
    command: str = ""


def by_hand(item: Left) -> tuple[Hand, ...]:
    """What to do about it, in this order. Empty only for what nothing but time can mend."""
    return tuple(_HOW[item.part](item))


def in_order(items: Iterable[Left]) -> list[Left]:
    """As somebody should go through them: an engine that a finalizer holds comes last, with what it knows."""
    return sorted(items, key=lambda item: item.is_held_engine)


def delete(kind: str, namespace: str, *names: str) -> str:
    """The command that deletes these objects of one kind, of pods with the grace in which they undo."""
    grace = [GRACE] if kind == ResidueKind.POD.value else []
    return _kubectl(namespace, "delete", PLURAL[kind], *names, *grace)


def _kubectl(namespace: str, *words: str) -> str:
    return join(["kubectl", *(["-n", namespace] if namespace else []), *words])


def _ours(item: Left) -> Iterator[Hand]:
    if item.is_held_engine:
        yield from _held_engine(item)
    elif item.kind == ResidueKind.ENGINE.value:
        yield Hand("Delete the engine. Litmus then ends what it started.", _delete(item))
    elif item.kind == ResidueKind.POLICY.value:
        yield Hand("Delete the network policy that cuts the pods off.", _delete(item))
    elif item.kind == ResidueKind.RESULT.value:
        yield Hand("It is evidence, and does nothing. It may stay, or go.", _delete(item))
    elif item.kind == ResidueKind.GRANT.value:
        yield Hand("Delete the grant, last of all: it says how things were before.", _delete(item))
    else:
        yield Hand("Delete it with its grace: its helper undoes the fault while it ends.", _delete(item))


def _delete(item: Left) -> str:
    return delete(item.kind, item.namespace, *item.names)


def _held_engine(item: Left) -> Iterator[Hand]:
    """In the order in which nothing is lost: a finalizer that goes too early takes the word of it along."""
    label, kinds = f"chaosUID={item.uid}", "jobs.batch,pods"
    yield Hand(
        "Delete the engine's jobs and pods, with their grace.",
        _kubectl(item.namespace, "delete", kinds, "-l", label, GRACE),
    )
    yield Hand("Look until none of them is left.", _kubectl(item.namespace, "get", kinds, "-l", label))
    agreed = ", and whoever put it there agrees," if len(item.finalizers) > 1 else ""
    advice = "" if agreed else " Rather let Gameday do it, which measures first."
    # From the last one on: so the places of the others stay as they are printed.
    for place, finalizer in reversed([*enumerate(item.finalizers)]):
        patch = json.dumps(_without(item.uid, finalizer, place), separators=(",", ":"))
        yield Hand(
            f"Only once all else in this list is gone{agreed} take the finalizer {finalizer} off.{advice}",
            _kubectl(item.namespace, "patch", PLURAL[item.kind], *item.names, "--type=json", "-p", patch),
        )


def _without(uid: str, finalizer: str, place: int) -> list[dict[str, str]]:
    """A JSON patch that takes this one off this very object, and is refused by any other."""
    path = f"/metadata/finalizers/{place}"
    return [
        {"op": "test", "path": "/metadata/uid", "value": uid},
        {"op": "test", "path": path, "value": finalizer},
        {"op": "remove", "path": path},
    ]


def _ready(item: Left) -> Iterator[Hand]:
    what = "See what keeps the pods from becoming ready; their controller replaces what is missing."
    yield Hand(what, _kubectl(item.namespace, "get", "pods", "-o", "wide", "-l", ",".join(item.now)))
    yield Hand("See why.", _kubectl(item.namespace, "get", "events", "--sort-by=.lastTimestamp"))


def _leaving(item: Left) -> Iterator[Hand]:
    yield Hand(
        "See on which node they hang. One that is away keeps its pods until it is back or is deleted.",
        _kubectl(item.namespace, "get", "pods", *item.names, "-o", "wide"),
    )


def _in_pods(item: Left) -> Iterator[Hand]:
    yield Hand(
        "Delete the pods that the fault is still in. It goes with them; their controller replaces them.",
        delete(ResidueKind.POD.value, item.namespace, *item.names),
    )


def _schedulable(item: Left) -> Iterator[Hand]:
    if "schedulable" in item.before:
        yield Hand("Let the node take pods again, as before.", _kubectl("", "uncordon", *item.names))
    else:
        yield Hand("It was cordoned before the fault: cordon it.", _kubectl("", "cordon", *item.names))


def _taints(item: Left) -> Iterator[Hand]:
    extra = [taint for taint in item.now if taint not in item.before]
    lost = [taint for taint in item.before if taint not in item.now]
    if extra:
        command = _kubectl("", "taint", "nodes", *item.names, *(f"{taint}-" for taint in extra))
        yield Hand("Take off the taint that it had not before.", command)
    if lost:
        command = _kubectl("", "taint", "nodes", *item.names, *lost, "--overwrite")
        yield Hand("Put back the taint that it had before.", command)


def _node(item: Left) -> Iterator[Hand]:
    yield Hand("See what the node says of itself.", _kubectl("", "describe", "nodes", *item.names))
    if item.part is Part.NODES:
        yield Hand("On that machine: start its kubelet.", join(["sudo", "systemctl", "start", "kubelet"]))


def _replicas(item: Left) -> Iterator[Hand]:
    target = [f"{item.kind}/{name}" for name in item.names]
    command = _kubectl(item.namespace, "scale", *target, f"--replicas={''.join(item.before)}")
    yield Hand("Set the number of replicas back to what it was.", command)


def _word(item: Left) -> Iterator[Hand]:
    yield Hand("Undo it as its instructions say, and then say so on the page of the day.")


def _probe(item: Left) -> Iterator[Hand]:
    yield Hand(
        "Nothing to delete: the platform is not back to normal by this measure. Look at what it measures."
    )


def _unseen(item: Left) -> Iterator[Hand]:
    yield Hand("See whether the API server answers you.", _kubectl("", "get", "--raw", "/readyz"))
    command = "deploy/halt.sh --reason 'Gameday is cut off'"
    yield Hand("From where it does, end all that is Gameday's.", command)


_HOW: Mapping[Part | None, Callable[[Left], Iterator[Hand]]] = {
    None: _unseen,
    Part.OWN: _ours,
    Part.POLICIES: _ours,
    Part.READY: _ready,
    Part.LEFT: _leaving,
    Part.FREED: _in_pods,
    Part.SCHEDULABLE: _schedulable,
    Part.TAINTS: _taints,
    Part.NODES: _node,
    Part.PRESSURE: _node,
    Part.REPLICAS: _replicas,
    Part.WORD: _word,
    Part.PROBE: _probe,
}
