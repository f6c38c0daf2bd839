"""Who ends a process of ours when we are gone and it does not hear: it is stopped, or not yet listening.

A tether's signal reaches a stopped process only when that is continued, and a program that is still coming up
may swallow it. SIGKILL reaches both, but not their children.
"""

import contextlib
import subprocess
from pathlib import Path

SCRIPT = """
read -r over && exit
sleep "$1"
children=$(cat "/proc/$0/task/$0/children")
for one in "-$0" "$0" $children; do kill -s KILL -- "$one"; done
[ -z "$2" ] || rm -rf "$2"
"""
"""Reads a pipe: a line says that it is not needed any more, its end that we died."""


class Undertaker:
    """A shell that outlives us. `grace` seconds after our death, however that came, it kills the group of
    `pid` and its children with groups of their own, and then removes `folder`."""

    def __init__(self, pid: int, grace: float, folder: Path | None = None) -> None:
        self._shell = subprocess.Popen(
            ["/bin/sh", "-c", SCRIPT, str(pid), f"{grace:g}", str(folder or "")],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # what ends us at a terminal must not end it
        )

    def dismiss(self) -> None:
        """The process has been ended; safe to repeat."""
        with contextlib.suppress(OSError, ValueError):  # killed by somebody, or dismissed before
            self._shell.communicate(b"over\n")
