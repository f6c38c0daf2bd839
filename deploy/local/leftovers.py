"""What a day that was killed outright may have left: a worker's child that still drives a run, for one.

Every process of ours leads a session of its own, whose id is in its pid file; its children stay in it.
"""

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

from .paths import ROOT
from .say import step


def end(run: Path) -> None:
    """Kill what is left of the sessions named by the pid files in `run`, and remove those files.

    Only to be called where no day is under way. A process counts as ours only if it also works in this clone.
    """
    for pid_file in sorted(run.glob("*.pid")):
        with contextlib.suppress(OSError, ValueError):
            left = sorted(_ours(int(pid_file.read_text())))
            for pid in left:
                os.kill(pid, signal.SIGKILL)
            if left:
                step(f"ended what an earlier day had left: {pid_file.stem} ({', '.join(map(str, left))})")
        pid_file.unlink(missing_ok=True)


def _ours(session: int) -> Iterator[int]:
    for process in Path("/proc").iterdir():
        if not process.name.isdecimal():
            continue
        with contextlib.suppress(OSError):  # gone meanwhile, or somebody else's
            # After the name in brackets: state, parent, group, session.
            facts = (process / "stat").read_text().rpartition(")")[2].split()
            if int(facts[3]) == session and (process / "cwd").readlink() == ROOT:
                yield int(process.name)
