"""What happens to a world in mid-run: answers lost, things that come back, people who meddle."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from chaos.domain.errors import Transient
from chaos.domain.injection import Injection
from chaos.domain.sight import ClusterSight, Residue, ResidueKind
from chaos.ports import RunRef
from tests.support.fake_cluster import START
from tests.support.world import World


def lose_the_next_create(world: World, lands_after: timedelta | None) -> None:
    """The API server takes the next create and does not answer; it is there after so long, or never."""
    cluster, inject = world.cluster, world.cluster.inject

    def lost(ref: RunRef, injection: Injection, last_word: object = None) -> dict[str, Any]:
        cluster.inject = inject  # type: ignore[method-assign]
        cluster.calls.append((world.now(), "inject"))
        if lands_after is not None:
            world.at((world.now() - START + lands_after).total_seconds(), lambda: land(world, injection))
        raise Transient("The API server did not answer.")

    cluster.inject = lost  # type: ignore[method-assign]


def land(world: World, injection: Injection) -> None:
    """The engine is there now; one of its name that is there already stays what it is."""
    world.cluster.engines.setdefault(injection.name, (world.now(), injection))


def go_by_name(world: World) -> None:
    """As Litmus does: each engine that comes puts its fault into all pods with the names of its targets."""
    cluster, done = world.cluster, set[object]()

    def put(injection: Injection) -> None:
        made = cluster.engines[injection.name][0]
        if made in done:
            return
        done.add(made)
        names = {target.name for target in injection.targets}
        reached = [pod for pod, _ in cluster.standing.values() if pod.name in names]
        cluster.faulty |= {pod.uid: injection.name for pod in reached}
        cluster.said[injection.name] = {f"pod/{pod.name}": "injected" for pod in reached}

    cluster._put_into = put  # type: ignore[method-assign]


def leave(world: World, kind: ResidueKind, name: str) -> list[Residue]:
    """Something of the run is there from now on, until what is given back is cleared."""
    look = world.cluster.look
    left = [Residue(kind, "chaos", name, f"uid-{name}", world.ref.run)]

    def seen(ref: RunRef, injections: Any) -> ClusterSight:
        sight = look(ref, injections)
        return replace(sight, residue=(*sight.residue, *left))

    world.cluster.look = seen  # type: ignore[method-assign]
    return left


def quarantine(world: World, uid: str) -> None:
    """Somebody takes a pod's labels off to look into it; its controller makes another in its place."""
    cluster = world.cluster
    (pod, ready_at), fault = cluster.standing[uid], cluster.faulty.get(uid)
    cluster._replace(uid)
    cluster.standing[uid] = (replace(pod, labels={}), ready_at)
    cluster.faulty |= {uid: fault} if fault else {}
