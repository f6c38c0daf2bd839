"""A small world on a virtual clock: a cluster, its probes and a driver's senses, all deterministic."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from chaos.domain.errors import GamedayError, StoreUnavailable
from chaos.domain.injection import Injection, Progress
from chaos.domain.record import Change, RunRecord, Signals
from chaos.domain.run import Marks
from chaos.domain.sight import (
    AlertsReading,
    ClusterSight,
    EngineSeen,
    Pod,
    Reading,
    Residue,
    ResidueKind,
)
from chaos.domain.spec import ProbeSpec, RunSpec
from chaos.domain.states import RunState
from chaos.ports import ActDone, News, Ports, RunRef, StoreLost
from tests.support.memory_store import MemoryStore

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


ProbeModel = Callable[[ProbeSpec, datetime], float | None]


@dataclass
class SimSenses:
    """Senses on the virtual clock: every look is due at its pace, acts take 50 ms."""

    world: World
    queue: list[tuple[datetime, int, Callable[[], News | None]]] = field(default_factory=list)
    count: int = 0

    def __post_init__(self) -> None:
        world = self.world
        for probe in world.spec.probes:
            self._every(probe.interval, lambda probe=probe: world.read(probe))  # type: ignore[misc]
        self._every(timedelta(milliseconds=400), lambda: world.cluster.look(world.ref, ()))
        self._every(timedelta(milliseconds=400), self._signals)
        self._every(timedelta(seconds=1), lambda: AlertsReading(world.now(), world.now(), ()))

    def _push(self, at: datetime, make: Callable[[], News | None]) -> None:
        self.count += 1
        heapq.heappush(self.queue, (at, self.count, make))

    def _every(self, pace: timedelta, look: Callable[[], News | None]) -> None:
        def again() -> News | None:
            self._push(self.world.now() + pace, again)
            return look()

        self._push(self.world.now(), again)

    def _signals(self) -> Signals | StoreLost:
        try:
            return self.world.store.signals(self.world.ref.run)
        except StoreUnavailable:
            return StoreLost(self.world.now())

    def next(self, within: float) -> News | None:
        clock = self.world.clock
        until = clock.at + timedelta(seconds=within)
        if self.queue and self.queue[0][0] <= until:
            at, _, make = heapq.heappop(self.queue)
            clock.at = max(clock.at, at)
            self.world.play()
            return make()
        clock.at = until
        self.world.play()
        return None

    def act(self, name: str, deed: Callable[[], object]) -> None:
        done_at = self.world.now() + timedelta(milliseconds=50)
        try:
            result, error = deed(), None
        except GamedayError as failure:
            result, error = None, failure
        self._push(done_at, lambda: ActDone(name, done_at, result, error))

    def close(self) -> None:
        pass


@dataclass
class SimRecorder:
    """Writes at once; keeps notes while the store is away."""

    world: World
    fence: int
    lost: bool = False
    failing_since: datetime | None = None
    notes: list[Change] = field(default_factory=list)

    def require(self, change: Change) -> None:
        self.note(None)
        if self.notes:
            raise StoreUnavailable("The store is away.")
        self._write(change)

    def note(self, change: Change | None) -> None:
        self.notes += [change] if change else []
        while self.notes and not self.lost:
            try:
                self._write(self.notes[0])
            except StoreUnavailable:
                self.failing_since = self.failing_since or self.world.now()
                return
            self.notes.pop(0)
            self.failing_since = None

    def _write(self, change: Change) -> None:
        written = self.world.store.record(self.world.ref.run, self.fence, change)
        self.lost = self.lost or not written

    def close(self) -> None:
        self.note(None)


class World:
    """Everything a drive needs. `at(seconds, deed)` plays a deed at an instant of the virtual clock."""

    def __init__(self, spec: RunSpec, injections: tuple[Injection, ...], probe: ProbeModel) -> None:
        self.spec, self.clock, self.probe = spec, VirtualClock(), probe
        self.cluster = FakeCluster(self.clock)
        self.ref = RunRef("0f0e0d0c-0000-4000-8000-000000000000", "installation", spec.scenario)
        self.blind = ""
        self._deeds: list[tuple[datetime, Callable[[], None]]] = []
        record = RunRecord(
            run=self.ref.run,
            installation=self.ref.installation,
            spec=spec,
            spec_digest=spec.digest,
            state=RunState.PENDING,
            state_since=START,
            not_after=START + timedelta(minutes=10),
            marks=Marks(),
            signals=Signals(START),
            injections=injections,
            progress=tuple(Progress(item.index) for item in injections),
        )
        self.store = MemoryStore(record, self.now)

    def now(self) -> datetime:
        return self.clock.now()

    def at(self, seconds: float, deed: Callable[[], None]) -> None:
        self._deeds.append((START + timedelta(seconds=seconds), deed))

    def play(self) -> None:
        due = [item for item in self._deeds if item[0] <= self.now()]
        self._deeds = [item for item in self._deeds if item not in due]
        for _, deed in due:
            deed()

    def read(self, probe: ProbeSpec) -> Reading:
        value = None if self.blind else self.probe(probe, self.now())
        unknown = (self.blind or "no answer") if value is None else ""
        return Reading(probe.name, self.now(), self.now(), value, unknown)

    @property
    def ports(self) -> Ports:
        return Ports(self.cluster, self, self, self.store, self.clock)  # type: ignore[arg-type]

    def drive(self, hand_on: Callable[[], bool] | None = None) -> str:
        from chaos.services.drive import drive

        return drive(
            self.ref.run,
            self.ports,
            hand_on,
            senses_of=lambda record, ref, ports: SimSenses(self),
            recorder_of=lambda ports, run, fence: SimRecorder(self, fence),
        ).value

    @property
    def state(self) -> RunState:
        return self.store.record_.state

    def kinds(self) -> list[str]:
        return [event.kind for event in self.store.log]
