"""The in-cluster watchdog: its real loop and its real `decide`, over the simulated network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chaos.adapters.litmus_manifests import GRANT_SECONDS
from chaos.domain.errors import GamedayError
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
        watch = Watch(self.looked, self._api.end_everything, self._event, clock=self.clock)
        while True:
            watch.once()
            self._kernel.sleep(EVERY)

    def looked(self) -> Seen:
        """A look; when it was begun is kept, once it told anything."""
        began = self._kernel.now
        seen = self._look()
        self._api.looked_at = began
        return seen

    def _look(self) -> Seen:
        """As deploy.watchdog.look does it: where one of the two cannot be read, the other is by itself."""
        cluster, failed = self._api.cluster, dict[str, GamedayError]()
        reads: dict[str, Callable[[], Any]] = {"grant": lambda: cluster.grant, "lever": lambda: cluster.lever}
        read: dict[str, Any] = {}

        def ask(*names: str) -> None:
            what = f"read the {' and the '.join(names)}"
            answers = self._api.call(what, lambda: {name: reads[name]() for name in names}, within=WITHIN)
            read.update(answers)

        try:
            ask("grant", "lever")
        except GamedayError as error:
            hit, other = self._kernel.random.sample(sorted(reads), 2)
            failed[hit] = error
            try:
                ask(other)
            except GamedayError as again:
                failed[other] = again
            self._kernel.met["grant or lever unread by the watchdog"] += len(failed) == 1
        grant, lever, blind = read.get("grant"), read.get("lever", ""), str(failed.get("lever", ""))
        if "grant" in failed:
            if not lever:
                raise failed["grant"]
            return Seen(None, lever, self._ours(), no_grant_seen=str(failed["grant"]))
        if grant:
            seen = Grant(grant.uid, grant.ref.run, grant.renewed, float(GRANT_SECONDS))
            return Seen(seen, lever, ours=None, no_lever_seen=blind)
        return Seen(None, lever, self._ours(but=ResidueKind.GRANT), no_lever_seen=blind)

    def _ours(self, but: ResidueKind | None = None) -> tuple[str, ...] | None:
        found, errors = self._api.seen((ResidueKind.GRANT, *WORKLOADS))
        ours = tuple(item.name for item in found if item.kind is not but)
        return ours if ours or not errors else None

    def _event(self, reason: str, message: str, *_: Any) -> None:
        self._kernel.say("watchdog", f"{reason}: {message}")
        if reason == "Ending":
            self._endings.append(Ending(self._kernel.now, message))
