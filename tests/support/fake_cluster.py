"""A cluster of six pods on a virtual clock, and knobs that make it misbehave."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from chaos.domain.errors import GamedayError
from chaos.domain.injection import Injection
from chaos.domain.sight import ClusterSight, EngineSeen, Pod, Residue, ResidueKind
from chaos.ports import RunRef

START = datetime(2026, 7, 1, 10, 0, tzinfo=UTC)
STEP = timedelta(milliseconds=100)


@dataclass
class VirtualClock:
    at: datetime = START

    def now(self) -> datetime:
        return self.at


@dataclass
class FakeCluster:
    """Six pods behind one selector. An engine deletes its targets after `inject_delay`; a controller
    replaces each after `recover_in`. Knobs make it misbehave."""

    clock: VirtualClock
    inject_delay: timedelta = timedelta(seconds=3)
    recover_in: timedelta | None = timedelta(seconds=5)
    unseen: str = ""
    lever: str = ""
    revert_error: GamedayError | None = None
    inject_error: GamedayError | None = None
    sticky: bool = False
    calls: list[tuple[datetime, str]] = field(default_factory=list)
    pods: dict[str, tuple[Pod, datetime | None]] = field(default_factory=dict)
    engines: dict[str, tuple[datetime, Injection]] = field(default_factory=dict)
    grant: bool = False

    def __post_init__(self) -> None:
        for index in range(6):
            self._add(f"api-{index}", f"uid-{index}", None)

    def _add(self, name: str, uid: str, ready_at: datetime | None) -> None:
        pod = Pod("payments", name, uid, f"node-{name[-1]}", ready_at is None, False, {"app": "api"})
        self.pods[uid] = (pod, ready_at)

    def _said(self, call: str) -> None:
        self.calls.append((self.clock.now(), call))

    def _tick(self) -> None:
        now = self.clock.now()
        for at, injection in self.engines.values():
            if now >= at + self.inject_delay:
                for target in injection.targets:
                    if target.uid in self.pods:
                        del self.pods[target.uid]
                        ready = None if self.recover_in is None else now + self.recover_in
                        self._add(
                            f"new-{target.name}",
                            f"new-{target.uid}",
                            ready or datetime.max.replace(tzinfo=UTC),
                        )
        for uid, (pod, ready_at) in list(self.pods.items()):
            if ready_at and now >= ready_at:
                self.pods[uid] = (replace(pod, is_ready=True), None)

    @property
    def ready(self) -> int:
        self._tick()
        return sum(pod.is_ready for pod, _ in self.pods.values())

    def take_grant(self, ref: RunRef) -> None:
        self._said("take_grant")
        self.grant = True

    def beat(self, ref: RunRef) -> None:
        self._said("beat")

    def inject(self, ref: RunRef, injection: Injection) -> dict[str, Any]:
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
            now,
            now,
            tuple(pod for pod, _ in self.pods.values()),
            tuple(EngineSeen(name, f"uid-{name}", "active", "initialized") for name in self.engines),
            residue=tuple(residue),
            has_grant=self.grant,
            lever_reason=self.lever,
        )

    def revert(self, ref: RunRef) -> None:
        self._said("revert")
        if self.revert_error:
            raise self.revert_error
        self._tick()
        if not self.sticky:
            self.engines.clear()

    def results(self, ref: RunRef, injections: Any) -> tuple[Any, ...]:
        return ()

    def clear(self, ref: RunRef) -> None:
        self._said("clear")
        self.grant = False

    def times(self, call: str) -> list[datetime]:
        return [at for at, said in self.calls if said == call]
