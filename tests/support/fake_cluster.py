"""A cluster of six pods on a virtual clock, and knobs that make it misbehave."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from chaos.domain.errors import GamedayError
from chaos.domain.injection import Injection, Sign
from chaos.domain.sight import (
    ClusterSight,
    EnginePod,
    EngineSeen,
    Namespace,
    Node,
    Pod,
    Residue,
    ResidueKind,
    ResultSeen,
)
from chaos.faults.catalogue import FAULTS
from chaos.faults.experiments import experiment
from chaos.ports import RunRef

START = datetime(2026, 7, 1, 10, 0, tzinfo=UTC)
STEP = timedelta(milliseconds=100)


def _experiments() -> dict[str, dict[str, Any]]:
    return {name: experiment(fault) for name, fault in FAULTS.items()}


@dataclass
class VirtualClock:
    at: datetime = START

    def now(self) -> datetime:
        return self.at


@dataclass
class FakeCluster:
    """Six pods behind one selector. An engine deletes its targets after `inject_delay`; a controller
    replaces each after `recover_in`. A fault that a helper puts into pods stays in them, until the helper
    takes it out when its engine is deleted, or the pod is replaced. Knobs make it misbehave."""

    clock: VirtualClock
    inject_delay: timedelta = timedelta(seconds=3)
    recover_in: timedelta | None = timedelta(seconds=5)
    unseen: str = ""
    lever: str = ""
    revert_error: GamedayError | None = None
    inject_error: GamedayError | None = None
    sticky: bool = False
    keeps_names: bool = False
    """As a StatefulSet does: what comes for a pod has its name, and another UID."""
    missed: tuple[str, ...] = ()
    """Names of targets that the fault never reaches: no helper comes up, or a budget refuses."""
    undo_fails: bool = False
    """The helper says that it undid the fault when it is stopped, and did not."""
    helper_killed: bool = False
    """The helper never gets to undo the fault, nor to say so."""
    undo_in: timedelta = timedelta(seconds=2)
    faulty: dict[str, str] = field(default_factory=dict)
    """What a helper put into which pod, by uid: the engine's name."""
    said: dict[str, dict[str, str]] = field(default_factory=dict)
    """Litmus' results: engine to target to its status."""
    undo_at: dict[str, datetime] = field(default_factory=dict)
    calls: list[tuple[datetime, str]] = field(default_factory=list)
    standing: dict[str, tuple[Pod, datetime | None]] = field(default_factory=dict)
    engines: dict[str, tuple[datetime, Injection]] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)
    namespace: Namespace | None = None
    """That of the targets, where a look shows what became of it."""
    grant: bool = False
    installed: dict[str, dict[str, Any]] = field(default_factory=_experiments)
    """The ChaosExperiments that the cluster has, by name."""

    def __post_init__(self) -> None:
        for index in range(6):
            self._add(f"api-{index}", f"uid-{index}", None)

    def _add(self, name: str, uid: str, ready_at: datetime | None, node: str = "") -> None:
        pod = Pod("payments", name, uid, node or f"node-{name[-1]}", ready_at is None, False, {"app": "api"})
        self.standing[uid] = (pod, ready_at)

    def _said(self, call: str) -> None:
        self.calls.append((self.clock.now(), call))

    def _tick(self) -> None:
        now = self.clock.now()
        for at, injection in self.engines.values():
            if now >= at + self.inject_delay and injection.sign is not Sign.HELPER_ON_NODE:
                for node in injection.nodes:
                    self._drain(node.name)
                if injection.sign is Sign.RESULT_INJECTED:
                    self._put_into(injection)
                    continue
                for target in injection.targets:
                    self._replace(target.uid)
        for name, at in list(self.undo_at.items()):
            if now >= at:
                del self.undo_at[name]
                if not self.undo_fails:
                    self.faulty = {uid: engine for uid, engine in self.faulty.items() if engine != name}
                self.said[name] = dict.fromkeys(self.said[name], "reverted")
        for uid, (pod, ready_at) in list(self.standing.items()):
            if ready_at and now >= ready_at:
                self.standing[uid] = (replace(pod, is_ready=True), None)

    def _put_into(self, injection: Injection) -> None:
        if injection.name not in self.said:
            reached = [pod for pod in injection.targets if pod.name not in self.missed]
            self.faulty |= {pod.uid: injection.name for pod in reached if pod.uid in self.standing}
            self.said[injection.name] = {f"pod/{pod.name}": "injected" for pod in reached}

    def _drain(self, name: str) -> None:
        self.nodes[name] = replace(self.nodes[name], is_schedulable=False)
        for uid, (pod, _) in list(self.standing.items()):
            if pod.node == name and pod.name not in self.missed:
                self._replace(uid, node="node-5")

    def _replace(self, uid: str, node: str = "") -> None:
        """Delete the pod of this uid; its controller makes another."""
        if uid in self.standing:
            pod, _ = self.standing.pop(uid)
            self.faulty.pop(uid, None)
            if not pod.labels:  # quarantined: no controller's any more
                return
            ready = None if self.recover_in is None else self.clock.now() + self.recover_in
            never = datetime.max.replace(tzinfo=UTC)
            name = pod.name if self.keeps_names else f"new-{pod.name}"
            self._add(name, f"new-{uid}", ready or never, node or pod.node)

    @property
    def ready(self) -> int:
        self._tick()
        return sum(pod.is_ready and bool(pod.labels) for pod, _ in self.standing.values())

    def pods(self, namespace: str, labels: Any) -> tuple[Pod, ...]:
        self._tick()
        return tuple(pod for pod, _ in self.standing.values())

    def namespace_uid(self, name: str) -> str:
        return f"uid-{name}"

    def pods_on(self, node: str) -> tuple[Pod, ...]:
        return tuple(pod for pod, _ in self.standing.values() if pod.node == node)

    def experiments(self) -> tuple[Mapping[str, Any], ...]:
        return tuple(self.installed.values())

    def take_grant(self, ref: RunRef) -> None:
        self._said("take_grant")
        self.grant = True

    def beat(self, ref: RunRef) -> None:
        self._said("beat")

    def inject(
        self, ref: RunRef, injection: Injection, last_word: Callable[[], None] | None = None
    ) -> dict[str, Any]:
        if last_word:
            last_word()
        self._said("inject")
        if self.inject_error:
            raise self.inject_error
        self.engines.setdefault(injection.name, (self.clock.now(), injection))
        return {"metadata": {"name": injection.name}}

    def look(self, ref: RunRef, injections: Any) -> ClusterSight:
        self._tick()
        now = self.clock.now()
        if self.unseen:
            return ClusterSight(now, now, unseen=self.unseen)
        residue = [
            Residue(ResidueKind.ENGINE, "chaos", name, f"uid-{name}", ref.run) for name in self.engines
        ]
        if self.grant:
            residue.append(Residue(ResidueKind.GRANT, "chaos", "gameday-grant", "uid-grant", ref.run))
        return ClusterSight(
            began_at=now,
            at=now,
            pods=tuple(pod for pod, _ in self.standing.values()),
            engines=tuple(EngineSeen(name, f"uid-{name}", "active", "initialized") for name in self.engines),
            engine_pods=self._engine_pods(now),
            results=tuple(
                ResultSeen(f"{name}-x", name, targets=dict(said)) for name, said in self.said.items()
            ),
            residue=tuple(residue),
            has_grant=self.grant,
            lever_reason=self.lever,
            nodes=tuple(self.nodes.values()),
            namespaces=(self.namespace,) if self.namespace else (),
        )

    def _engine_pods(self, now: datetime) -> tuple[EnginePod, ...]:
        """A helper for each of an engine's nodes."""
        return tuple(
            EnginePod(name, f"helper-{node.name}", node.name, is_running=now >= at + self.inject_delay)
            for name, (at, injection) in self.engines.items()
            for node in injection.nodes
        )

    def revert(self, ref: RunRef) -> None:
        self._said("revert")
        if self.revert_error:
            raise self.revert_error
        self._tick()
        if not self.sticky:
            if not self.helper_killed:
                self._uncordon()
                now = self.clock.now()
                self.undo_at |= {name: now + self.undo_in for name in self.engines if name in self.said}
            self.engines.clear()

    def _uncordon(self) -> None:
        """Litmus' way: whatever the node was before."""
        for _, injection in self.engines.values():
            for node in injection.nodes:
                self.nodes[node.name] = replace(self.nodes[node.name], is_schedulable=True)

    def restore_node(self, pre: Node, taint_keys: Any, cordons: bool) -> None:
        self._said(f"restore {pre.name}")
        self.nodes[pre.name] = pre

    def remove(self, residue: Any) -> None:
        self._said("remove")
        for item in residue:
            self._replace(item.uid)

    def results(self, ref: RunRef, injections: Any) -> tuple[Any, ...]:
        return ()

    def clear(self, ref: RunRef) -> None:
        self._said("clear")
        self.grant = False
        self.said.clear()

    def times(self, call: str) -> list[datetime]:
        return [at for at, said in self.calls if said == call]
