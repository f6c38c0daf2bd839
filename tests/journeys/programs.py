"""The programs of one stack, each started, stopped and killed by its name."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from pathlib import Path

from deploy.local.processes import Process, Spec


class Programs:
    """For one thread: its children die with it."""

    def __init__(self, specs: Sequence[Spec], logs: Path, run: Path) -> None:
        self._specs = {spec.name: spec for spec in specs}
        self._logs, self._run = logs, run
        self._running: dict[str, Process] = {}

    def start(self, *names: str) -> None:
        """Start those that do not run, side by side, and wait until all are ready."""
        missing = [name for name in names if name not in self._running or not self.runs(name)]
        for name in missing:
            self._running[name] = Process(self._specs[name], self._logs, self._run)
        for name in missing:
            self._running[name].wait_ready()

    def runs(self, name: str) -> bool:
        """Whether the process that was started last under this name is still there."""
        return self._running[name].ended() is None

    def kill(self, name: str) -> None:
        """kill -9: the process and all its children, at once."""
        process = self._running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.finish()

    def stop(self, *names: str) -> None:
        """As a service manager does it: SIGTERM, then patience."""
        processes = [self._running.pop(name) for name in names]
        for process in processes:
            process.terminate()
        for process in processes:
            process.finish()

    def stop_all(self) -> None:
        """The last one first."""
        for name in reversed(list(self._running)):
            self.stop(name)
