"""What probes read: the truth, a lie that all is well, or nothing."""

from __future__ import annotations

from dataclasses import dataclass, field

from chaos.domain.sight import AlertsReading, Reading
from chaos.domain.spec import ProbeSpec
from tests.simulation.cluster import Cluster
from tests.simulation.hazards import Window
from tests.simulation.kernel import Kernel
from tests.simulation.ports import Clock

HEALTHY, SLOW, BREACH = 120.0, 300.0, 900.0


@dataclass
class Platform:
    """What Prometheus answers: the truth, a lie that all is well, or nothing."""

    kernel: Kernel
    cluster: Cluster
    breaches: bool
    """Whether the fault is more than the platform can bear."""
    lies: list[Window] = field(default_factory=list)
    dead: list[Window] = field(default_factory=list)

    def value(self) -> float | None:
        now = self.kernel.now
        if any(since <= now < until for since, until in self.dead):
            self.kernel.met["Prometheus dead"] += 1
            return None
        if any(since <= now < until for since, until in self.lies):
            self.kernel.met["Prometheus lying"] += 1
            return HEALTHY
        if self.cluster.is_faulty or not self.cluster.is_whole:
            return BREACH if self.breaches else SLOW
        return HEALTHY


@dataclass(frozen=True)
class Probes:
    kernel: Kernel
    clock: Clock
    platform: Platform

    def read(self, probe: ProbeSpec) -> Reading:
        clock = self.clock
        asked_at = clock.now()
        self.kernel.sleep(0.02)
        value = self.platform.value()
        if value is None:
            self.kernel.sleep(1.0)
        unknown = "no answer" if value is None else ""
        return Reading(probe.name, asked_at, clock.now(), value, unknown)


@dataclass(frozen=True)
class Alerts:
    clock: Clock

    def read(self) -> AlertsReading:
        return AlertsReading(self.clock.now(), self.clock.now(), ())
