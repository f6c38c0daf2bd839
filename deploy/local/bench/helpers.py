"""The bench's own programs, spoken to in lines, and what a process has used."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from ..paths import ROOT
from ..say import Trouble
from ..stack import PYTHON
from ..tether import tether


class Helper:
    """One module beside this one, as a process."""

    def __init__(self, module: str, environment: Mapping[str, str]) -> None:
        self._module = module
        self._child = subprocess.Popen(
            [PYTHON, "-m", f"deploy.local.bench.{module}"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=tether(signal.SIGTERM),
        )

    def tell(self, line: str) -> None:
        """Say one line to it. Raises Trouble when it has ended."""
        assert self._child.stdin is not None  # noqa: S101 - a pipe was asked for
        try:
            self._child.stdin.write(line + "\n")
            self._child.stdin.flush()
        except BrokenPipeError:
            raise self._ended() from None

    def hear(self) -> str:
        """Its next line, waited for. Raises Trouble when it ends instead."""
        assert self._child.stdout is not None  # noqa: S101 - a pipe was asked for
        line = self._child.stdout.readline()
        if not line:
            raise self._ended()
        return line.strip()

    def _ended(self) -> Trouble:
        return Trouble(f"the bench's {self._module} ended early; its last words stand above")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._child.terminate()
        self._child.wait()


def megabytes(pid: int) -> int:
    """What a process holds in memory now."""
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return int(status["VmRSS"].split()[0]) // 1024


def cpu_seconds(pid: int) -> float:
    """What a process has used of the processors until now."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
