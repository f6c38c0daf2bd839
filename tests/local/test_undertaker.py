"""What we started is gone when we are killed, also where it can hear no signal but SIGKILL."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local import postgres
from tests.journeys.house import until

STOPPED = (
    "import os, signal, time\n"
    "os.fork()\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "print('ready')\n"
    "time.sleep(60)\n"
)


def test_one_that_is_stopped_dies_with_its_children_when_its_supervisor_is_killed(tmp_path: Path) -> None:
    owner = (
        "import os, signal, sys, time\n"
        "from pathlib import Path\n"
        "from deploy.local.processes import Spec\n"
        "from deploy.local.readiness import log_says\n"
        "from deploy.local.supervisor import Supervisor\n"
        "folder = Path(sys.argv[1])\n"
        "ready = log_says(folder / 'logs' / 'program.log', 'ready')\n"
        "command = (sys.executable, '-u', '-c', sys.argv[2])\n"
        "Supervisor(folder / 'logs', folder / 'run').start(Spec('program', command, ready, grace=0.2))\n"
        "pid = int((folder / 'run' / 'program.pid').read_text())\n"
        "os.killpg(pid, signal.SIGSTOP)\n"
        "print(flush=True)\n"
        "time.sleep(60)\n"
    )
    command = [sys.executable, "-c", owner, str(tmp_path), STOPPED]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert b"ready" in parent.stdout.readline() and parent.stdout.readline() == b"\n"
        pid = int((tmp_path / "run" / "program.pid").read_text())
        assert session(pid), "it is stopped, and there"
        parent.kill()
    until(lambda: not session(pid), "both are gone")


@pytest.mark.skipif(postgres.programs() is None, reason="no PostgreSQL programs here")
def test_a_database_that_hangs_is_gone_with_its_folder_when_its_owner_is_killed(tmp_path: Path) -> None:
    owner = (
        "import time\n"
        "from deploy.local import postgres\n"
        "with postgres.server(postgres.programs()) as server, server.frozen():\n"
        "    print(server._process.pid, server._home, flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", owner], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        pid, home = parent.stdout.readline().decode().split()
        backends = [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        assert backends and Path(home).exists()
        parent.kill()
    until(lambda: not any(map(runs, [int(pid), *backends])), "server and backends are gone")
    until(lambda: not Path(home).exists(), "its folder is gone")


def runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def session(number: int) -> list[int]:
    """Who of that session still runs."""
    found = (int(one.name) for one in Path("/proc").iterdir() if one.name.isdecimal())
    return [pid for pid in found if runs(pid) and session_of(pid) == number]


def session_of(pid: int) -> int:
    try:
        return os.getsid(pid)
    except OSError:
        return 0
