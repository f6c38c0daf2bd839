"""Who acts: workers that drive, the beat that rings and sweeps, and a person who presses Stop."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial

from chaos.domain.errors import GamedayError, StoreUnavailable
from chaos.domain.run import Stop
from chaos.domain.states import StopKind
from chaos.ports import Ports
from chaos.services.drive import drive
from chaos.services.stop import stop_run
from chaos.services.sweep import ring_overdue, sweep_cluster
from tests.simulation.hazards import Hazards
from tests.simulation.kernel import Kernel, Process
from tests.simulation.scenario import RUN

RING_EVERY, SWEEP_EVERY = 5.0, 30.0
"""As beat does it (gameday/celery.py)."""
PRESS_AGAIN = 5.0


class Broker:
    """One queue. Messages get lost, come twice, or late; those of a dead worker may be delivered again."""

    def __init__(self, kernel: Kernel, hazards: Hazards) -> None:
        self.kernel, self.hazards = kernel, hazards
        self.tasks: deque[str] = deque()

    def ring(self, run: str) -> bool:
        draw = self.kernel.random
        bad = self.hazards.is_hostile and draw.random() < self.hazards.lost_task
        if bad and draw.random() < 0.5:
            return draw.random() < 0.5  # lost, and whoever rang may know or not
        for delay in (0.05, draw.uniform(0.1, 120.0)) if bad else (0.05,):
            self.kernel.at(delay, lambda: self.tasks.append(run))
        return True


class Actors:
    """Starts every process, and again after its death."""

    def __init__(
        self, kernel: Kernel, hazards: Hazards, broker: Broker, ports_of: Callable[[Process], Ports]
    ) -> None:
        self.kernel, self.hazards, self.broker, self.ports_of = kernel, hazards, broker, ports_of
        self.pressed_at: float | None = None
        self.failures: list[str] = []

    def start(self, name: str, live: Callable[[Process, Ports], None]) -> None:
        draw = self.kernel.random
        process = Process(name, skew=draw.uniform(-0.5, 0.5))
        process.on_death.append(
            lambda: self.kernel.at(draw.uniform(1.0, 20.0), lambda: self.start(name, live))
        )
        self.kernel.spawn(process, lambda: live(process, self.ports_of(process)))

    def work(self, process: Process, ports: Ports) -> None:
        """A worker: one task after the other, as `chaos.tasks.drive` does them."""
        while True:
            if not self.broker.tasks:
                self.kernel.sleep(1.0)
                continue
            run = self.broker.tasks.popleft()
            ring = partial(self.broker.ring, run)
            if self.kernel.random.random() < 0.5:
                process.on_death.append(ring)  # what it dies over is delivered again
            try:
                end = drive(run, ports, hand_on=ring).value
            except StoreUnavailable as error:
                end = str(error)
            except Exception as error:
                self.failures.append(f"the drive failed: {error!r}")
                raise
            del process.on_death[1:]
            self.kernel.say(process.name, f"drive ended: {end}")

    def ring(self, process: Process, ports: Ports) -> None:
        while True:
            self.kernel.sleep(RING_EVERY)
            try:
                ring_overdue(ports.clock.now(), self.broker.ring, ports.store)
            except StoreUnavailable:
                continue

    def sweep(self, process: Process, ports: Ports) -> None:
        while True:
            self.kernel.sleep(SWEEP_EVERY)
            try:
                swept = sweep_cluster("simulated", ports.cluster, ports.store)
            except GamedayError:
                continue
            for item in swept.removed:
                self.kernel.say(process.name, f"swept {item}")

    def press_stop(self, process: Process, ports: Ports) -> None:
        """Somebody stops the run, and presses again until it is said to be written down."""
        if self.pressed_at is None:
            self.pressed_at = self.kernel.now
        while True:
            stop = Stop(ports.clock.now(), StopKind.PERSON, "Enough.", "otto")
            self.kernel.say(process.name, "presses Stop")
            try:
                failed = stop_run(RUN, stop, ports.cluster, ports.store)
            except StoreUnavailable as error:
                self.kernel.say(process.name, str(error))
                self.kernel.sleep(PRESS_AGAIN)
                continue
            self.kernel.say(process.name, f"stopped; at the cluster: {failed or 'accepted'}")
            process.on_death.clear()
            return
