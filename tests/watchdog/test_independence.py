"""The watchdog stands on the cluster's adapter alone: what it has not got cannot fail it."""

from __future__ import annotations

import subprocess
import sys

from tests.architecture.source import ROOT

LOADED = "import sys, deploy.watchdog.__main__; print(*sorted({name.split('.')[0] for name in sys.modules}))"
OURS = "import sys, deploy.watchdog.__main__; print(*sorted(name for name in sys.modules if '.' in name))"


def run(*how: str) -> subprocess.CompletedProcess[str]:
    """Python in an empty environment."""
    command = [sys.executable, *how]
    return subprocess.run(command, cwd=ROOT, env={}, capture_output=True, text=True, check=False)


def printed(program: str) -> list[str]:
    done = run("-m", "deploy.watchdog")
    assert done.returncode == 2
    assert "set GAMEDAY_WATCHDOG_SERVER" in done.stderr
