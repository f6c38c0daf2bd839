"""The pretended cluster as several drivers and people use it: on threads, in real time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any

from chaos.domain.errors import Refused
from chaos.domain.injection import Injection
from chaos.domain.sight import AlertsReading, Reading, Residue
from chaos.domain.spec import ProbeSpec
from chaos.ports import Cleared, Ports, RunRef, Store
from tests.support.cluster_port import QuietCluster
from tests.support.fake_cluster import FakeCluster, VirtualClock

Hook = Callable[[str, tuple[Any, ...]], None]
"""Is told each call by its verb and arguments before it goes out, on the thread that it is made on."""
SOON = timedelta(milliseconds=300)


class WallClock(VirtualClock):
    """Nobody turns it."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SharedCluster:
    """Six pods; each call has it alone. Faults come and pods come back within a fraction of a second.

    What only a launch asks for is answered as by a cluster that has everything. See chaos.ports.Cluster.
    """

    def __init__(self) -> None:
        self.fake, self._quiet = FakeCluster(WallClock(), SOON, SOON), QuietCluster()
        self._alone = threading.RLock()

    def __getattr__(self, verb: str) -> Any:
        real = getattr(self.fake if hasattr(self.fake, verb) else self._quiet, verb)

        @wraps(real)
        def alone(*arguments: Any) -> Any:
            with self._alone:
                return real(*arguments)

        return alone

    def inject(self, ref: RunRef, injection: Injection, last_word: Callable[[], None]) -> Any:
        with self._alone:
            if not self.fake.grant:
                raise Refused(f"Run {ref.run} holds no grant on this cluster.")
            return self.fake.inject(ref, injection, last_word)

    def residue(self) -> tuple[Residue, ...]:
        with self._alone:
            return tuple(self.fake.look(RunRef("", "", ""), ()).residue)

    def revert_all(self) -> Cleared:
        told = self.residue()
        self.revert(RunRef("", "", ""))
        return Cleared(told)

    def pull_lever(self, reason: str) -> None:
        self._lever("pull_lever", reason)

    def release_lever(self) -> None:
        self._lever("release_lever", "")

    def _lever(self, verb: str, reason: str) -> None:
        with self._alone:
            self.fake.calls.append((self.fake.clock.now(), verb))
            self.fake.lever = reason

    def said(self, *verbs: str) -> list[str]:
        """Calls of these verbs, in the order in which they came."""
        with self._alone:
            return [verb for _, verb in self.fake.calls if verb in verbs]


class Well:
    """Probes and alerts by which all is well."""

    def read(self, probe: ProbeSpec | None = None) -> Any:
        now = datetime.now(UTC)
        return Reading(probe.name, now, now, 120.0) if probe else AlertsReading(now, now, ())


class Hooked:
    """A port as it is, but that a hook is told first."""

    def __init__(self, port: Any, hook: Hook) -> None:
        self._port, self._hook = port, hook

    def __getattr__(self, verb: str) -> Any:
        real = getattr(self._port, verb)

        @wraps(real)
        def told(*arguments: Any) -> Any:
            self._hook(verb, arguments)
            return real(*arguments)

        return told


def ports_of(cluster: SharedCluster, store: Store, hook: Hook | None = None) -> Ports:
    """All that one driver has of the world; with `hook` nothing of it goes by that one."""
    every: tuple[Any, ...] = (cluster, Well(), Well(), store, WallClock())
    return Ports(*(Hooked(port, hook) for port in every)) if hook else Ports(*every)
