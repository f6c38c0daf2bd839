"""Processes that go on after the command that started them, known again by a file each.

Standard library only: what is running must be stoppable on a machine where nothing is installed any more.
"""

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

LOOK_EVERY = 0.02  # seconds


@dataclass(frozen=True, slots=True)
class Detached:
    """A process of ours. `began` is its start as the kernel counts: a reused id is not taken for it."""

    name: str
    pid: int
    began: int
    log: Path

    @property
    def is_alive(self) -> bool:
        """Whether that very process runs."""
        return _start_of(self.pid) == self.began

    def send(self, number: signal.Signals) -> None:
        """Send a signal to it and to whatever it started, if it is still the one."""
        if self.is_alive:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, number)

    def last_words(self, lines: int = 12) -> str:
        """The end of its log, indented, with the log's path."""
        said = self.log.read_text(errors="replace").strip().splitlines()[-lines:] if self.log.exists() else []
        return "\n".join([*(f"    {line[:300]}" for line in said), f"    (all of it: {self.log})"])


def spawn(name: str, command: Iterable[str], folder: Path, environment: Mapping[str, str]) -> Detached:
    """Start it in a session of its own, at work in `folder`, its words in logs/, itself on file in run/."""
    logs, run = folder / "logs", folder / "run"
    for each in (logs, run):
        each.mkdir(parents=True, exist_ok=True)
    log = logs / f"{name}.log"
    with log.open("wb") as written:
        child = subprocess.Popen(
            list(command),
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    # It is its parent who collects it at its end; while that is us, a dead one must not look alive.
    started = Detached(name, child.pid, _start_of(child.pid) or 0, log)
    (run / f"{name}.json").write_text(json.dumps({"pid": started.pid, "began": started.began}))
    return started


def known(folder: Path) -> list[Detached]:
    """All that were started in that folder and not stopped by us, dead or alive, in order of start."""
    found = []
    for file in (folder / "run").glob("*.json"):
        with contextlib.suppress(OSError, ValueError, KeyError):
            facts = json.loads(file.read_text())
            found.append(
                Detached(
                    file.stem, int(facts["pid"]), int(facts["began"]), folder / "logs" / f"{file.stem}.log"
                )
            )
    return sorted(found, key=lambda process: process.began)


def end(processes: Iterable[Detached], folder: Path, grace: float) -> list[str]:
    """Ask all of them at once to end, wait `grace` seconds, kill the rest; returns those names.

    Their files go last, so that an interrupted end can be taken up again.
    """
    living = [process for process in processes if process.is_alive]
    for process in living:
        process.send(signal.SIGTERM)
    deadline = time.monotonic() + grace
    while any(process.is_alive for process in living) and time.monotonic() < deadline:
        time.sleep(LOOK_EVERY)
    killed = [process for process in living if process.is_alive]
    for process in killed:
        process.send(signal.SIGKILL)
    while any(process.is_alive for process in killed):
        time.sleep(LOOK_EVERY)
    for process in processes:
        (folder / "run" / f"{process.name}.json").unlink(missing_ok=True)
    return [process.name for process in killed]


def _start_of(pid: int) -> int | None:
    """When the process began, in clock ticks since boot; None where there is none or it has ended."""
    try:
        # After the name in brackets: state, parent, group, session, …; the start is the 22nd field of all.
        facts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        # Its first thread may be over while others still hold its sockets.
        ended = facts[0] in "ZX" and len(os.listdir(f"/proc/{pid}/task")) <= 1
    except OSError:
        return None
    return None if ended else int(facts[19])
