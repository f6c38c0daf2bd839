"""The day under way: `plan conduct` in a process of its own, the players around it, and what Ctrl-C does."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from .interrupts import Interrupts
from .paths import ROOT, RUN
from .players import Players
from .say import step, warn
from .supervisor import Supervisor
from .tether import tether

LOOK_EVERY = 0.1  # seconds
RECEIPT_WITHIN = 180.0  # seconds after Ctrl-C: a stop with all its retries, before we halt on top of it
HALT_WITHIN = 60.0  # seconds for a halt to end what is left


@dataclass(slots=True)
class Conducting:
    """Follows one `plan conduct` to its end.

    `halt` asks the product for a halt; it is what is left to try when the first stop takes too long.
    """

    command: Sequence[str]
    environment: Mapping[str, str]
    supervisor: Supervisor
    players: Players
    interrupts: Interrupts
    halt: Callable[[str], None]

    def follow(self) -> int:
        """Returns conduct's exit status. Interrupts are passed on to it and waited for, never obeyed here."""
        heard, asked_at, halted_at = self.interrupts.count, 0.0, 0.0
        self.interrupts.raising = False
        child = subprocess.Popen(
            self.command,
            cwd=ROOT,
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            # Its own session: Ctrl-C is to reach it once, from us, and not a second time from the terminal.
            start_new_session=True,
            preexec_fn=tether(signal.SIGINT),
        )
        pid_file = RUN / "conduct.pid"
        pid_file.write_text(f"{child.pid}\n")
        while child.poll() is None:
            self.supervisor.tend()
            self.players.look()
            now = time.monotonic()
            if self.interrupts.count > heard and not asked_at:
                asked_at = now
                step("stopping: waiting for the live run's stop receipt (Ctrl-C again: halt at once)")
                child.send_signal(signal.SIGINT)
            hurried = self.interrupts.count > heard + 1
            if asked_at and not halted_at and (hurried or now > asked_at + RECEIPT_WITHIN):
                halted_at = now
                self.halt("the day was interrupted twice" if hurried else "stopping took too long")
            if halted_at and now > halted_at + HALT_WITHIN:
                warn("conduct does not end even after a halt; ending it")
                child.kill()
            time.sleep(LOOK_EVERY)
        pid_file.unlink(missing_ok=True)
        self.players.look()
        self.players.leave()
        return child.returncode
