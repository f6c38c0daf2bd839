"""The watchdog, and what it watches over, as processes that can be killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from chaos.adapters.kubernetes_api import Connection
from deploy.local.tether import tether
from tests.adapters.practice import Practice
from tests.adapters.things import until
from tests.architecture.source import ROOT


class Dog:
    """A watchdog; what it said, line by line, is in a file."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self._process, self._log = process, log

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._log.read_text().splitlines()]

    def said(self, what: str) -> list[dict[str, Any]]:
        """All lines of this kind so far."""
        return [one for one in self.lines() if one["what"] == what]

    def says(self, what: str, times: int = 1) -> dict[str, Any]:
        """The newest line of this kind, once there are so many of them."""
        return until(lambda: self.said(what), lambda found: len(found) >= times)[-1]

    def dies(self) -> None:
        self._process.kill()
        self._process.wait(10)

    def stops(self) -> int:
        """The exit status after SIGTERM."""
        self._process.terminate()
        return self._process.wait(10)


@contextmanager
def watchdog(connection: Connection, log: Path, ttl: float | None = 3.0, every: float = 0.3) -> Iterator[Dog]:
    """Without `ttl`, as the grant says. In an environment that knows nothing but the cluster."""
    env = {
        "GAMEDAY_WATCHDOG_SERVER": connection.server,
        "GAMEDAY_WATCHDOG_TOKEN_FILE": connection.token_file or "",
        "GAMEDAY_WATCHDOG_CA_FILE": connection.ca_file or "",
        "GAMEDAY_WATCHDOG_NAMESPACE": "chaos",
        "GAMEDAY_WATCHDOG_EVERY_SECONDS": str(every),
    } | ({"GAMEDAY_WATCHDOG_TTL_SECONDS": str(ttl)} if ttl else {})
    with log.open("wb") as out:
        process = _python("deploy.watchdog", env=env, stdout=out)
        dog = Dog(process, log)
        try:
            dog.says("watching")
            yield dog
        finally:
            dog.dies()


@contextmanager
def driver(practice: Practice, fault: str) -> Iterator[subprocess.Popen[bytes]]:
    """An application that has injected this fault on the practice bank, and beats."""
    process = _python(
        "tests.watchdog.driver",
        practice.url,
        practice.product.server,
        practice.product.ca_file or "",
        str(practice.product.token_file),
        fault,
        env=os.environ,
        stdout=subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline(), "the driver ended before the fault was in"
        yield process
    finally:
        process.kill()
        process.wait(10)


def kill(process: subprocess.Popen[bytes]) -> float:
    """SIGKILL; when, by the monotonic clock."""
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    return time.monotonic()


def _python(module: str, *arguments: str, env: Mapping[str, str], stdout: Any) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.Popen(
        command, cwd=ROOT, env=dict(env), stdout=stdout, preexec_fn=tether(signal.SIGKILL)
    )
