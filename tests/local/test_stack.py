"""The practice stack with its real programs: they come up, know each other, and leave nothing behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deploy.local import ports
from deploy.local.readiness import redis_answers
from deploy.local.stack import DAY_DATABASE, Stack
from deploy.local.supervisor import Supervisor

pytestmark = pytest.mark.stack
PATIENT = 20.0  # seconds; only ever waited out by a test that fails


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stack:
    for port in (ports.REDIS, ports.PROMETHEUS, ports.REHEARSAL):
        with socket.create_server(("127.0.0.1", 0)) as server:
            monkeypatch.setenv(port.variable, str(server.getsockname()[1]))
    monkeypatch.delenv(DAY_DATABASE, raising=False)
    return Stack(tmp_path)


def _until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENT
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def _scraped(stack: Stack) -> bool:
    with urllib.request.urlopen(f"{stack.prometheus_url}/api/v1/query?query=up") as answer:  # noqa: S310
        found: dict[str, Any] = json.load(answer)
    return [series["value"][1] for series in found["data"]["result"]] == ["1"]


def test_prometheus_scrapes_the_rehearsal_cluster_and_all_are_gone_afterwards(stack: Stack) -> None:
    logs, run = stack.state / "logs", stack.state / "run"
    with Supervisor(logs, run) as supervisor:
        supervisor.start(stack.rehearsal(), stack.prometheus())
        _until(lambda: _scraped(stack))
        assert stack.token_file.stat().st_mode & 0o077 == 0, "others could read the token"
    ports.claim(ports.PROMETHEUS, ports.REHEARSAL)
    assert list(run.iterdir()) == []


def test_a_worker_killed_in_mid_day_comes_back_and_redis_keeps_its_data(stack: Stack) -> None:
    logs, run = stack.state / "logs", stack.state / "run"
    with Supervisor(logs, run) as supervisor:
        supervisor.start(stack.redis(), stack.worker(logs))
        first = int((run / "worker.pid").read_text())
        os.kill(first, signal.SIGKILL)

        def again() -> bool:
            supervisor.tend()
            ready = (logs / "worker.log").read_text().count(" ready.")
            return int((run / "worker.pid").read_text()) != first and ready == 2

        _until(again)
        assert redis_answers(ports.REDIS.number())()
    assert (stack.state / "redis" / "appendonlydir").is_dir()
