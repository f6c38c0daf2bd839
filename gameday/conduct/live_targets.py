"""What a run touches, by name, and how far each of it is: pods on their nodes, nodes, work by hand."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from chaos.domain.injection import Injection, Progress
from chaos.faults import catalogue
from gameday.conduct.live_room import Room


@dataclass(frozen=True, slots=True)
class Target:
    """`state` is a word that `gameday.web.marks` knows."""

    name: str
    state: str


@dataclass(frozen=True, slots=True)
class Tray:
    """A node with the targets on it; where the node is the target itself, `targets` is just that."""

    node: str
    zone: str
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """One injection. `share` in words: `3 of 6 pods in payments`."""

    title: str
    share: str
    state: str
    trays: tuple[Tray, ...]
    instructions: str


def hits(room: Room) -> tuple[Hit, ...]:
    """Empty for those who are not to know."""
    run = room.run
    if run is None or room.is_hidden:
        return ()
    left = {name for entry in room.of("run.injected") for name in entry.body.get("left", ())}
    over = run.state.is_final
    return tuple(
        _hit(injection, progress, left, over)
        for injection, progress in zip(run.injections, run.progress, strict=True)
    )


def _hit(injection: Injection, progress: Progress, left: set[str], over: bool) -> Hit:
    state = _state(progress, over)
    trays: dict[str, list[Target]] = defaultdict(list)
    for pod in injection.targets:
        gone = state == "fault-there" and pod.name in left
        trays[pod.node].append(Target(pod.name, "has-left" if gone else state))
    zones = {node.name: node.zone for node in injection.nodes}
    found = [Tray(node, zones.get(node, ""), tuple(targets)) for node, targets in sorted(trays.items())]
    found += [Tray(node.name, node.zone, (Target(node.name, state),)) for node in injection.nodes]
    return Hit(
        title=catalogue.find(injection.fault).title,
        share=_share(injection),
        state=state,
        trays=tuple(found),
        instructions=injection.instructions,
    )


def _share(injection: Injection) -> str:
    if injection.targets:
        return f"{len(injection.targets)} of {injection.pre_image.matched} pods in {injection.namespace}"
    if injection.nodes:
        return f"{len(injection.nodes)} of {injection.pre_image.matched} nodes"
    return "a person does it"


def _state(progress: Progress, over: bool) -> str:
    if progress.reverted_at:
        return "fault-gone"
    if progress.injected_at:
        return "fault-there"
    if progress.requested_at:
        return "asked-for"
    return "untouched" if over else "will-be-hit"
