"""What one process has of the cluster: the real adapter, and the real watchdog's look, over a bad network."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chaos.adapters.litmus import LitmusCluster
from chaos.adapters.litmus_manifests import LitmusSettings
from chaos.domain.errors import GamedayError
from chaos.domain.injection import Injection
from chaos.domain.sight import Node, Residue
from chaos.ports import RunRef
from deploy.watchdog.decide import Seen
from deploy.watchdog.look import Looker
from deploy.watchdog.watch import Watch
from tests.simulation.hazards import Hazards
from tests.simulation.kernel import Kernel, Process
from tests.simulation.on_the_api.kube import Kube
from tests.simulation.on_the_api.server import Server
from tests.simulation.on_the_api.shown import CHAOS
from tests.simulation.on_the_api.wire import Api, Wire
from tests.simulation.ports import Clock
from tests.simulation.watchdog import EVERY, Ending, Watchdog

SETTINGS = LitmusSettings(CHAOS, "chaos-{family}")
IDLE = 3 * EVERY
"""Seconds between two looks while there is no grant: most of a schedule, in which each is eight requests."""

AT_ONCE = 0.25
"""Seconds within which a stop is on the wire."""


class Port(LitmusCluster):
    """All of production's; only what may befall whoever is about to start a fault is ours."""

    looked_at = 0.0
    """When the watchdog, whose port it is, began the last look that told it anything."""

    def __init__(
        self, kernel: Kernel, process: Process, cluster: Kube, hazards: Hazards, clock: Clock
    ) -> None:
        server = Server(cluster, lambda: hazards.is_hostile and kernel.random.random() < hazards.bad_call)
        self.wire = Wire(kernel, process, hazards, server)
        api = Api(self.wire)
        super().__init__(api, SETTINGS, clock.now, wall=lambda: kernel.instant(process.skew))
        self.api, self.kube, self.process, self.hazards = api, cluster, process, hazards

    def inject(
        self, ref: RunRef, injection: Injection, last_word: Callable[[], None] | None = None
    ) -> Mapping[str, Any]:
        def said() -> None:
            if last_word:
                last_word()
            self.hazards.strike_the_start(self.process, "kill", "freeze")

        self.kube.meant[injection.name] = injection
        return super().inject(ref, injection, said)

    def revert(self, ref: RunRef) -> None:
        began, remembered = (
            self.kube.kernel.now,
            {uid for uid, owner in self._known.items() if owner.is_of(ref)},
        )
        there = remembered & {*self.kube.engines}
        try:
            super().revert(ref)
        except GamedayError:
            self._judge_revert(began, there)
            raise
        self._judge_revert(began, there)

    def _judge_revert(self, began: float, there: set[str]) -> None:
        """What a process knows of goes at once, whatever it may list."""
        if self.process.frozen_until > began:
            return
        for uid in sorted(there):
            if not any(began <= sent_at <= began + AT_ONCE for sent_at in self.wire.deletes[uid]):
                late = (
                    f"was not told to go by {self.process.name}, which knew of it and reverted at {began:.1f}"
                )
                self.kube.found["ignored"].append(f"{uid} {late}")

    def restore_node(self, pre: Node, taint_keys: Sequence[str], cordons: bool) -> None:
        self.kube.mishaps.to_be_set_back(self.kube, pre.name)
        super().restore_node(pre, taint_keys, cordons)

    def residue(self) -> tuple[Residue, ...]:
        """What is said to be all holds what was there all the time."""
        before, found = self.kube.ours(), super().residue()
        for uid in sorted((before & self.kube.ours()) - {item.uid for item in found}):
            at = self.kube.kernel.now
            self.kube.found["false_claims"].append(f"{uid} is not in what was said to be all, at {at:.1f}")
        return found


class LitmusWatchdog(Watchdog):
    """As deploy.watchdog puts itself together, but for its account and the words that it leaves."""

    def __init__(self, kernel: Kernel, port: Port, endings: list[Ending]) -> None:
        super().__init__(kernel, port, endings)  # type: ignore[arg-type]
        self._looker = Looker(port.api, SETTINGS)
        self._has_seen_a_grant = False

    def live(self) -> None:
        watch = Watch(self.looked, self._api.end_everything, self._event, clock=self.clock)
        while True:
            watch.once()
            self._kernel.sleep(EVERY if self._has_seen_a_grant else IDLE)

    def _look(self) -> Seen:
        seen = self._looker.look()
        self._has_seen_a_grant = seen.grant is not None
        return seen
