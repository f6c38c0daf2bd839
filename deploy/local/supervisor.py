"""Start in order, watch, start again what may be, stop exactly what was started, in the opposite order."""

import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from .paths import LOGS, RUN
from .processes import Process, Spec, described
from .say import step, warn

RESTART_PAUSE = 1.0  # seconds: a program that ends at once must not be started in a tight loop


class Supervisor:
    """Owns the processes of one `make day` or `make rehearsal`.

    Not for use from several threads: the kernel ends a child when the thread that started it ends.
    While `hurried()`, stopping gives each process hardly any time.
    """

    def __init__(
        self, logs: Path = LOGS, run: Path = RUN, hurried: Callable[[], bool] = lambda: False
    ) -> None:
        self._logs = logs
        self._run = run
        self._processes: list[Process] = []
        self._unready: list[Process] = []
        self._seen_ended: dict[str, float] = {}
        self._hurried = hurried

    def begin(self, *specs: Spec) -> None:
        """Start them side by side and return at once."""
        for spec in specs:
            process = Process(spec, self._logs, self._run)
            self._processes.append(process)
            self._unready.append(process)

    def wait_ready(self) -> None:
        """Return when all that were begun are ready. Raises Trouble with the last log lines."""
        while self._unready:
            process = self._unready.pop(0)
            process.wait_ready()
            step(f"{process.spec.name} is ready (pid {process.pid})")

    def start(self, *specs: Spec) -> None:
        """Start them side by side and wait until all are ready. Raises Trouble with the last log lines."""
        self.begin(*specs)
        self.wait_ready()

    def tend(self) -> None:
        """Look after all of them once: start again what ended and may be, say so; never waits."""
        for process in self._processes:
            status = process.ended()
            if status is None:
                continue
            name, spec = process.spec.name, process.spec
            if name not in self._seen_ended:
                remedy = "starting it again" if spec.restart else "not started again (Ctrl-C ends all)"
                warn(f"{name} has ended ({described(status)}); {remedy}. Log: {process.log}")
                self._seen_ended[name] = time.monotonic()
            elif spec.restart and time.monotonic() - self._seen_ended[name] >= RESTART_PAUSE:
                del self._seen_ended[name]
                process.respawn()

    def stop(self) -> None:
        """Stop all that was started, last first: SIGTERM, a grace each, then SIGKILL."""
        while self._processes:
            process = self._processes.pop()
            process.terminate()
            process.finish(self._hurried)

    def __enter__(self) -> "Supervisor":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
