"""A small world on a virtual clock: a cluster, its probes and a driver's senses, all deterministic."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chaos.domain.errors import GamedayError, StoreUnavailable
from chaos.domain.injection import Injection, Progress
from chaos.domain.record import Change, Event, RunRecord, Signals
from chaos.domain.run import Marks, Stop
from chaos.domain.sight import (
    AlertsReading,
    Reading,
)
from chaos.domain.spec import ProbeSpec, RunSpec
from chaos.domain.states import RunState, StopKind
from chaos.ports import ActDone, News, Ports, RunRef, StoreLost
from tests.support.fake_cluster import START, FakeCluster, VirtualClock
from tests.support.memory_store import MemoryStore

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

    def watch(self, injections: tuple[Injection, ...]) -> None:
        pass

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

    def turned(self) -> None:
        pass

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

    def stop_at(self, seconds: float) -> None:
        """Somebody presses Stop then."""
        stop = Stop(START + timedelta(seconds=seconds), StopKind.PERSON, "Enough.", "otto")
        self.at(seconds, lambda: setattr(self.store, "stop", stop))

    def said(self, kind: str) -> Event:
        """The first event of this kind."""
        return next(event for event in self.store.log if event.kind == kind)

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
