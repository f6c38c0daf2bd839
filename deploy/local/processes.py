"""One process of ours: how it is started, how it is told to end, and that it never outlives us."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .paths import ROOT
from .readiness import Ready
from .say import Trouble, tail
from .tether import tether
from .undertaker import Undertaker

HURRY = 0.5  # seconds of grace when the person at the terminal asks twice


@dataclass(frozen=True, slots=True)
class Spec:
    """What to run. `within` and `grace` are seconds: to get ready, and to end after SIGTERM."""

    name: str
    command: tuple[str, ...]
    ready: Ready
    environment: Mapping[str, str] = field(default_factory=dict)
    within: float = 30.0
    grace: float = 10.0
    restart: bool = False
    orphaned: signal.Signals = signal.SIGTERM  # what it is sent when we die without stopping it


class Process:
    """A started Spec: its log, its pid file, its end."""

    def __init__(self, spec: Spec, logs: Path, run: Path) -> None:
        self.spec = spec
        self.log = logs / f"{spec.name}.log"
        self.pid_file = run / f"{spec.name}.pid"
        for folder in (logs, run):
            folder.mkdir(parents=True, exist_ok=True)
        self.log.write_text("")
        self._child = self._spawn()

    def _spawn(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            child = subprocess.Popen(
                self.spec.command,
                cwd=ROOT,
                env={**os.environ, **self.spec.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # A session of its own: Ctrl-C at the terminal is for us to hear, and ours to pass on.
                start_new_session=True,
                preexec_fn=tether(self.spec.orphaned),
            )
        self.pid_file.write_text(f"{child.pid}\n")
        self._undertaker = Undertaker(child.pid, self.spec.grace)
        return child

    @property
    def pid(self) -> int:
        """The process id of the present child."""
        return self._child.pid

    def ended(self) -> int | None:
        """Its exit status (negative: the signal that ended it), or None while it runs."""
        return self._child.poll()

    def respawn(self) -> None:
        """Start it again after its end; the log goes on."""
        self._undertaker.dismiss()
        self._child = self._spawn()

    def wait_ready(self) -> None:
        """Return when it is ready. Raises Trouble with its last words when it ends or takes too long."""
        deadline = time.monotonic() + self.spec.within
        while not self.spec.ready():
            status = self.ended()
            if status is not None:
                raise Trouble(f"{self.spec.name} ended at once ({described(status)}).\n{self.last_words()}")
            if time.monotonic() > deadline:
                raise Trouble(
                    f"{self.spec.name} was not ready within {self.spec.within:.0f} s.\n{self.last_words()}"
                )
            time.sleep(0.05)

    def last_words(self) -> str:
        """The end of its log, indented, with the log's path."""
        return f"{tail(self.log.read_text(errors='replace'))}\n    (all of it: {self.log})"

    def terminate(self) -> None:
        """Ask it to end; do not wait."""
        if self.ended() is None:
            self._child.terminate()

    def finish(self, hurried: Callable[[], bool] = lambda: False) -> None:
        """Wait for the end, for its grace at most, then end it and whatever it left in its session."""
        asked = time.monotonic()
        while self.ended() is None and time.monotonic() - asked < (HURRY if hurried() else self.spec.grace):
            time.sleep(0.02)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._child.pid, signal.SIGKILL)
        self._child.wait()
        self._undertaker.dismiss()
        self.pid_file.unlink(missing_ok=True)


def described(status: int) -> str:
    """An exit status in words."""
    if status >= 0:
        return f"exit status {status}"
    try:
        return f"ended by {signal.Signals(-status).name}"
    except ValueError:
        return f"ended by signal {-status}"
