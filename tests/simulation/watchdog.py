"""The in-cluster watchdog: its real loop and its real `decide`, over the simulated network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chaos.adapters.litmus_manifests import GRANT_SECONDS
from chaos.domain.sight import ResidueKind
from deploy.watchdog.decide import Grant, Seen
from deploy.watchdog.watch import Watch
from tests.simulation.api import WORKLOADS, Api
from tests.simulation.kernel import Kernel

EVERY = 2.0
WITHIN = 5.0
"""Seconds for a look, as in deploy.watchdog.look."""


@dataclass
class Ending:
    """That the watchdog began to end everything at `at`, and why."""

    at: float
    why: str


class Watchdog:
    """One life of it: killed, it begins anew and remembers nothing."""

    def __init__(self, kernel: Kernel, api: Api, endings: list[Ending]) -> None:
        self._kernel, self._api, self._endings = kernel, api, endings

    def clock(self) -> float:
        return self._kernel.now

    def live(self) -> None:
        watch = Watch(self._look, self._api.end_everything, self._event, clock=self.clock)
        while True:
            watch.once()
            self._kernel.sleep(EVERY)

    def _look(self) -> Seen:
        cluster = self._api.cluster
        grant, lever = self._api.call("look", lambda: (cluster.grant, cluster.lever), within=WITHIN)
        if grant:
            seen = Grant(grant.uid, grant.ref.run, grant.renewed, float(GRANT_SECONDS))
            return Seen(seen, lever, ours=None)
        found, errors = self._api.seen((ResidueKind.GRANT, *WORKLOADS))
        ours = tuple(item.name for item in found if item.kind is not ResidueKind.GRANT)
        return Seen(None, lever, ours if ours or not errors else None)

    def _event(self, reason: str, message: str, *_: Any) -> None:
        self._kernel.say("watchdog", f"{reason}: {message}")
        if reason == "Ending":
            self._endings.append(Ending(self._kernel.now, message))
