"""Who acts: workers that drive, the beat that rings and sweeps, and a person who presses Stop."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

from chaos.domain.errors import GamedayError, StoreUnavailable
from chaos.domain.run import Stop
from chaos.domain.states import StopKind
from chaos.ports import Ports
from chaos.services.by_labels import halt_by_labels
from chaos.services.drive import drive
from chaos.services.stop import stop_run
from chaos.services.sweep import ring_overdue, sweep_cluster
from tests.simulation.hazards import WATCHDOG, Hazards, away
from tests.simulation.kernel import Kernel, Process
from tests.simulation.ports import Clock
from tests.simulation.scenario import RUN, SECOND
from tests.simulation.watchdog import Ending, Watchdog

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
            self.kernel.met["a task lost"] += 1
            return draw.random() < 0.5  # and whoever rang may know or not
        self.kernel.met["a task doubled"] += bad
        for delay in (0.05, draw.uniform(0.1, 120.0)) if bad else (0.05,):
            self.kernel.at(delay, lambda: self.tasks.append(run))
        return True


class Actors:
    """Starts every process, and again after its death."""

    def __init__(
        self,
        kernel: Kernel,
        hazards: Hazards,
        broker: Broker,
        ports_of: Callable[[Process], Ports],
        watchdog: Callable[[Kernel, Any, list[Ending]], Watchdog] = Watchdog,
    ) -> None:
        self.watchdog = watchdog
        self.kernel, self.hazards, self.broker, self.ports_of = kernel, hazards, broker, ports_of
        self.pressed_at: float | None = None
        self.endings: list[Ending] = []
        self.running: dict[str, Process] = {}
        self.ahead = dict.fromkeys(hazards.jumps, 0.0)
        """By how many seconds the clocks of machines are wrong since they jumped."""
        for name, (at, by) in hazards.jumps.items():
            kernel.at(at, partial(self._jump, name, by))
        self.failures: list[str] = []

    def start(self, name: str, live: Callable[[Process, Ports], None]) -> None:
        draw = self.kernel.random
        process = Process(name, skew=draw.uniform(-0.5, 0.5) + self.ahead.get(name, 0.0))
        process.is_mortal = not (name == WATCHDOG and self.hazards.spares_the_watchdog)
        self.running[name] = process
        process.on_death.append(
            lambda: self.kernel.at(draw.uniform(1.0, 20.0), lambda: self.start(name, live))
        )
        self.kernel.spawn(process, lambda: live(process, self.ports_of(process)))

    def _jump(self, name: str, by: float) -> None:
        self.kernel.say(name, f"its clock jumps by {by:.0f} s")
        self.kernel.met["a clock jumped"] += 1
        self.ahead[name] += by
        if name in self.running:
            self.running[name].skew += by

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
                if self.hazards.store_is_away():
                    raise away()
                _settle(ports)
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
                _settle(ports)
                ring_overdue(ports.clock.now(), self.broker.ring, ports.store)
            except StoreUnavailable:
                continue

    def sweep(self, process: Process, ports: Ports) -> None:
        while True:
            self.kernel.sleep(SWEEP_EVERY)
            try:
                _settle(ports)
                swept = sweep_cluster("simulated", ports.cluster, ports.clock.now(), ports.store)
            except GamedayError:
                continue
            for item in swept.removed:
                self.kernel.say(process.name, f"swept {item}")

    def watch(self, process: Process, ports: Ports) -> None:
        self.watchdog(self.kernel, ports.cluster, self.endings).live()

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
                if "by labels" in str(error):
                    self._halt_by_labels(process, ports)
                self.kernel.sleep(PRESS_AGAIN)
                continue
            self.kernel.say(process.name, f"stopped; at the cluster: {failed or 'accepted'}")
            process.on_death.clear()
            return

    def _halt_by_labels(self, process: Process, ports: Ports) -> None:
        """As whoever presses Stop is told to, when the run cannot be looked up."""
        ended = halt_by_labels({"simulated": ports.cluster}, "Enough.", PRESS_AGAIN * SECOND)["simulated"]
        self.kernel.met["a halt by labels"] += 1
        self.kernel.say(process.name, f"halted by labels; left: {len(ended.left)}, {ended.failures}")


def _settle(ports: Ports) -> None:
    """As `chaos.wiring` does before each drive, and the sweep before it rings or sweeps."""
    assert isinstance(ports.clock, Clock)
    ports.clock.settle()
