"""All of the practice platform, put together and moved on by one tick."""

import logging
import random
from collections.abc import Callable
from typing import Protocol

from deploy.rehearsal.litmus.operator import Operator
from deploy.rehearsal.litmus.programs import Programs
from deploy.rehearsal.platform import access, bank, practice
from deploy.rehearsal.platform.deployments import Deployments
from deploy.rehearsal.platform.facts import is_active, is_ready
from deploy.rehearsal.platform.jobs import Jobs
from deploy.rehearsal.platform.kubelet import Kubelet
from deploy.rehearsal.platform.nodes import Nodes
from deploy.rehearsal.platform.replicas import ReplicaSets
from deploy.rehearsal.platform.scheduler import Scheduler
from deploy.rehearsal.platform.sight import view_of
from deploy.rehearsal.platform.stateful import StatefulSets
from deploy.rehearsal.platform.troubles import Troubles
from deploy.rehearsal.store import PODS, Cluster, Store
from deploy.rehearsal.traffic.model import Traffic

logger = logging.getLogger(__name__)
TICK = 0.1  # seconds


class Controller(Protocol):
    def tick(self, now: float) -> None: ...


Assembly = Callable[[Cluster, Troubles, Programs], list[Controller]]
"""Which controllers there are, the one that is asked first first."""


def everything(store: Cluster, troubles: Troubles, programs: Programs) -> list[Controller]:
    """All that a cluster needs that is nothing but a store."""
    return [
        Nodes(store, troubles),
        Deployments(store),
        ReplicaSets(store),
        StatefulSets(store),
        Jobs(store),
        Scheduler(store),
        Kubelet(store, troubles, programs),
        Operator(store),
    ]


def built(store: Store, *, seed: int = 7, uid: str = "") -> "World":
    """A world of its own on an empty store: the bank, with every pod ready. Takes no real time."""
    world = World(store, everything, seed=seed)
    bank.build(store, uid)
    access.grant(store)
    practice.install(store)
    while not world.settled():
        world.tick(world.now + TICK)
    return world


class World:
    """`tick(now)` moves controllers and Litmus to `now` seconds; `flow(seconds)` lets traffic run on."""

    def __init__(self, store: Cluster, make: Assembly, *, seed: int = 7) -> None:
        self.store = store
        self.troubles = Troubles()
        self.traffic = Traffic(seed)
        self.now = 0.0
        programs = Programs(store, self.troubles, random.Random(seed))
        self._controllers = make(store, self.troubles, programs)

    def settled(self) -> bool:
        pods = list(self.store.view(PODS))
        return bool(pods) and all(is_ready(pod) and is_active(pod) for pod in pods)

    def tick(self, now: float) -> None:
        """Controllers that fail are logged and tried again at the next tick, as real ones would be."""
        self.now = now
        for controller in self._controllers:
            try:
                controller.tick(now)
            except Exception:
                logger.exception("%s failed at %.1f s", type(controller).__name__, now)

    def flow(self, seconds: float) -> None:
        self.traffic.advance(view_of(self.store, self.troubles), seconds)
