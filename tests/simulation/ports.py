"""The other ports of one process: its store, its probes, its clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from chaos.domain.record import Change
from chaos.services.clock import SteadyClock
from tests.simulation.hazards import Hazards, away
from tests.simulation.kernel import Kernel, Process
from tests.simulation.store import Ledger

WRITES = frozenset({"claim", "renew", "release", "record", "want_stop", "pull_lever", "release_lever"})


class Clock:
    """The clock of one process, on a machine whose own may jump."""

    def __init__(self, kernel: Kernel, process: Process) -> None:
        self._kernel = kernel
        self._steady = SteadyClock(lambda: kernel.instant(process.skew), lambda: kernel.now)

    def settle(self) -> None:
        """As before each drive: the database is asked for the time, and takes some to say it."""
        self._steady.settle(self._kernel.instant(-self._kernel.random.uniform(0.0, 0.5)))

    def now(self) -> datetime:
        said = self._steady.now()
        self._kernel.true_of[said] = self._kernel.now
        return said


class StoreOf:
    """The store as one process reaches it: away for windows of time, and with answers that get lost."""

    def __init__(self, kernel: Kernel, process: Process, store: Ledger, hazards: Hazards) -> None:
        self._kernel, self._process, self._store, self._hazards = kernel, process, store, hazards

    def __getattr__(self, verb: str) -> Callable[..., Any]:
        def ask(*args: Any, **how: Any) -> Any:
            return self._ask(verb, args, how)

        return ask

    def rest(self) -> None: ...

    def _ask(self, verb: str, args: Any, how: Any) -> Any:
        kernel, writes = self._kernel, verb in WRITES
        deed = partial(getattr(self._store, verb), *args, **how)
        kernel.sleep(0.002, 4.0 if writes else 1.0)
        if self._hazards.store_is_away():
            kernel.met["the store away"] += 1
            if kernel.random.random() < 0.3:
                kernel.sleep(2.0)  # a database that hangs before it refuses
            self._store.refuse(deed)
            raise away()
        fate = self._hazards.fate_of_write(_is_intent(args)) if writes else "fine"
        if fate != "fine":
            kernel.met[f"a write {fate}"] += 1
        if fate == "refused":
            self._store.refuse(deed)
            raise away()
        if fate == "slow":
            kernel.sleep(kernel.random.uniform(0.2, 4.0))
        answer = deed()
        if writes:
            kernel.say(self._process.name, f"store.{verb}: {fate} -> {answer}")
        kernel.sleep(0.002, 4.0 if writes else 1.0)
        if fate == "unanswered":
            raise away()
        return answer


def _is_intent(args: Any) -> bool:
    changes = (arg for arg in args if isinstance(arg, Change))
    return any(item.requested_at == change.at for change in changes for item in change.progress)
