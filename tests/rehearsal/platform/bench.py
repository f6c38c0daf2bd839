"""The practice platform on a bench: its own time, a minute of which takes some tens of milliseconds."""

from typing import Any

from deploy.rehearsal.api import install
from deploy.rehearsal.platform.facts import is_serving
from deploy.rehearsal.platform.world import TICK, built
from deploy.rehearsal.store import DEPLOYMENTS, EVENTS, PODS, Change, Collector, Disruption, Object, Store
from deploy.rehearsal.store.objects import is_going, name_of, namespace_of


class Bench:
    def __init__(self) -> None:
        self.store = Store()
        install(self.store)
        Disruption(self.store)
        self._collector = Collector(self.store)
        self.world = built(self.store)
        self.killed: list[str] = []  # names of payments' pods that somebody deleted, the first one first
        self.store.subscribe(self._note, PODS)
        self._ticks = 0

    def _note(self, change: Change) -> None:
        name, is_ending = name_of(change.object), is_going(change.object) or change.type == "DELETED"
        if is_ending and namespace_of(change.object) == "payments" and name not in self.killed:
            self.killed.append(name)

    def scale_operator(self, replicas: int) -> None:
        """0: the chaos operator is gone, 1: it is back."""
        self.store.patch(DEPLOYMENTS, "chaos-operator", {"spec": {"replicas": replicas}}, "litmus")
        self.seconds_until(lambda: self.serving("chaos-operator", "litmus") == replicas)

    def wait(self, seconds: float, *, traffic: bool = False) -> None:
        for _ in range(round(seconds / TICK)):
            self.world.tick(self.world.now + TICK)
            if traffic:
                self.world.flow(TICK)
            self._ticks += 1
            if self._ticks % 10 == 0:
                self._collector.sweep()

    def seconds_until(self, condition: Any, at_most: float = 60.0) -> float:
        """How long it takes until the condition holds. Fails the test where it never does."""
        start = self.world.now
        while not condition():
            assert self.world.now - start < at_most, f"not so within {at_most:g} s"
            self.wait(TICK)
        return self.world.now - start

    def pods(self, app: str = "payments-api", namespace: str = "payments") -> list[Object]:
        return list(self.store.view(PODS, namespace, labels=f"app={app}"))

    def names(self, app: str = "payments-api", namespace: str = "payments") -> list[str]:
        return [name_of(pod) for pod in self.pods(app, namespace)]

    def serving(self, app: str = "payments-api", namespace: str = "payments") -> int:
        return sum(is_serving(pod) for pod in self.pods(app, namespace))

    def pod(self, name: str, namespace: str = "payments") -> Object:
        return self.store.get(PODS, name, namespace)

    def delete(self, name: str, namespace: str = "payments", grace: int | None = None) -> None:
        self.store.delete(PODS, name, namespace, grace=grace)

    def reasons(self, about: str, namespace: str = "payments") -> list[str]:
        """Reasons of the events about one object, oldest first."""
        events = [event for event in self.store.view(EVENTS, namespace) if _about(event, about)]
        return [event["reason"] for event in sorted(events, key=_age)]


def _about(event: Object, name: str) -> bool:
    return bool(event["involvedObject"]["name"] == name)


def _age(event: Object) -> int:
    return int(event["metadata"]["name"].rsplit(".", 1)[1], 16)
