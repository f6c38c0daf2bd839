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
    done = run("-c", program)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_it_loads_no_database_no_broker_and_no_django() -> None:
    loaded = set(printed(LOADED))
    assert {"kubernetes", "chaos", "deploy"} <= loaded
    assert loaded & {"django", "celery", "kombu", "redis", "psycopg", "sqlite3", "gameday"} == set()


def test_of_ours_it_loads_what_knows_the_cluster_and_nothing_that_knows_the_application() -> None:
    parts = {
        ".".join(name.split(".")[:2]) for name in printed(OURS) if name.startswith(("chaos.", "deploy."))
    }
    assert parts == {"chaos.adapters", "chaos.domain", "chaos.faults", "chaos.ports", "deploy.watchdog"}


def test_without_anything_in_its_environment_it_says_what_it_needs() -> None:
    done = run("-m", "deploy.watchdog")
    assert done.returncode == 2
    assert "set GAMEDAY_WATCHDOG_SERVER" in done.stderr
