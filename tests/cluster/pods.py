"""Pods of chaos as the API server shows them, and an API that remembers what was written."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.cluster.pod_runner.api import Api, ApiError, Json
from tests.cluster.pod_runner.pod import Machine
from tests.cluster.pod_runner.programs import Binaries


class Written(Api):
    """Answers what `objects` has under the path, and gives every account a token."""

    def __init__(self) -> None:
        self.server, self.authority = "https://127.0.0.1:1", ""
        self.objects: dict[str, Json] = {}
        self.statuses: list[Json] = []
        self.removed: list[Json] = []
        self._lock = threading.Lock()

    def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        kind: str = "application/json",
        **query: str,
    ) -> Json:
        with self._lock:
            if path.endswith("/token"):
                return {"status": {"token": "t0ken"}}
            if method == "PATCH":
                self.statuses.append(dict(body or {})["status"])
            elif method == "DELETE":
                self.removed.append(dict(body or {}))
            elif path not in self.objects:
                raise ApiError(404, f"{path} not found")
            return self.objects.get(path, {})

    @property
    def phases(self) -> list[str]:
        return [status["phase"] for status in self.statuses]

    @property
    def last_state(self) -> Json:
        return dict(self.statuses[-1]["containerStatuses"][0]["state"])


def a_pod(*command: str, restart: str = "Never", **container: object) -> Json:
    return {
        "metadata": {
            "name": "some-pod",
            "namespace": "chaos",
            "uid": "0a1b2c3d-1",
            "creationTimestamp": "2026-01-01T00:00:00Z",
            "labels": {"chaosUID": "u-1", "app": "some"},
        },
        "spec": {
            "nodeName": "worker-node-01",
            "restartPolicy": restart,
            "serviceAccountName": "chaos-pods",
            "containers": [
                {
                    "name": "it",
                    "image": "litmuschaos/chaos-operator:1",
                    "command": ["chaos-operator", *command],
                    **container,
                }
            ],
        },
        "status": {"phase": "Pending"},
    }


def a_machine(folder: Path, script: str) -> tuple[Machine, Written]:
    """A machine on which the operator is this shell script."""
    program = folder / "program"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    api = Written()
    return Machine(api, Binaries(program, program, program), folder), api


def until(is_so: Callable[[], object], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"not so after {seconds:g} s"
        time.sleep(0.02)
