"""One pod as a process: started, watched, told to end, and every step of it written to its status."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.local.paths import ROOT
from deploy.local.tether import tether
from tests.cluster.pod_runner.api import STRATEGIC, Api, ApiError, Json, pod_path
from tests.cluster.pod_runner.environment import NotResolved, environment
from tests.cluster.pod_runner.identity import Identity
from tests.cluster.pod_runner.programs import Binaries, command
from tests.cluster.pod_runner.status import GRACE_AT_LEAST, ContainerState, exit_code, pause, starts_again

LOOK_EVERY = 0.03  # seconds
ASK_AGAIN = 2.0  # seconds, where the container cannot be made yet
LOST = 137


@dataclass(frozen=True, slots=True)
class Machine:
    """What all pods share: the API server, the programs, and the folder of their logs and identities."""

    api: Api
    binaries: Binaries
    folder: Path


class PodProcess(threading.Thread):
    """The thread that starts the process and waits for it. `end` may be called from any thread, and again.

    `is_lost`: it ran when an earlier pod runner ended, and its process ended with that one.
    """

    def __init__(self, pod: Json, machine: Machine, *, is_lost: bool = False) -> None:
        name = f"{pod['metadata']['namespace']}/{pod['metadata']['name']}"
        super().__init__(name=name, daemon=True)
        self._pod, self._machine, self._is_lost = pod, machine, is_lost
        self._state = ContainerState(pod)
        self._identity = Identity(pod, machine.api, machine.folder)
        self._asked = threading.Event()
        self._deadline = float("inf")
        self._is_gone = False
        self._told_term = False
        self.log.unlink(missing_ok=True)  # an earlier pod runner's

    @property
    def log(self) -> Path:
        """What the container prints, all its starts one after the other."""
        meta = self._pod["metadata"]
        name = f"{meta['namespace']}_{meta['name']}_{meta['uid'][:8]}.log"
        return self._machine.folder / "logs" / name

    def end(self, grace: float, *, is_gone: bool = False) -> None:
        """SIGTERM now (once), SIGKILL after `grace` seconds; a later call can only shorten that.

        `is_gone`: the object exists no more, nothing is written about it.
        """
        self._deadline = min(self._deadline, time.monotonic() + max(grace, GRACE_AT_LEAST))
        self._is_gone |= is_gone
        self._asked.set()

    def run(self) -> None:
        code = self._live()
        self._identity.forget()
        if code is not None:
            self._write(self._state.ended(code))
        if self._asked.is_set():
            remove(self._pod, self._machine.api)

    def _live(self) -> int | None:
        """The last exit code; None where it was told to end before it ever ran."""
        code: int | None = LOST if self._is_lost else None
        while not self._asked.is_set():
            if code is not None:
                if not starts_again(self._pod, code):
                    return code
                self._state.restarts += 1
                self._write(self._state.ended(code, phase="Running"))
                self._write(self._state.waiting("CrashLoopBackOff"))
                if self._asked.wait(pause(self._state.restarts)):
                    return code
            start = self._prepared()
            if start is None:
                return code
            code = self._run_once(start)
        return code

    def _prepared(self) -> Callable[[], subprocess.Popen[bytes]] | None:
        """How to start it; None where it was told to end before everything was there."""
        while not self._asked.is_set():
            try:
                kubeconfig = self._identity.kubeconfig()
                variables = environment(self._pod, self._find)
            except (ApiError, NotResolved) as error:
                self._write(self._state.waiting("CreateContainerConfigError", str(error)))
                self._asked.wait(ASK_AGAIN)
                continue
            container = self._pod["spec"]["containers"][0]
            argv = command(container, self._machine.binaries, kubeconfig)
            mine = {
                "PATH": f"{self._machine.binaries.kubectl.parent}:/usr/local/bin:/usr/bin:/bin",
                "HOME": str(kubeconfig.parent),
                "KUBECONFIG": str(kubeconfig),
            }
            return lambda: self._spawn(argv, {**mine, **variables})
        return None

    def _spawn(self, argv: list[str], variables: dict[str, str]) -> subprocess.Popen[bytes]:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            return subprocess.Popen(
                argv,
                cwd=ROOT,
                env=variables,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=tether(signal.SIGKILL),
            )

    def _run_once(self, start: Callable[[], subprocess.Popen[bytes]]) -> int:
        process = start()
        self._write(self._state.running())
        while (returned := process.poll()) is None:
            if self._asked.is_set() and not self._told_term:
                self._told_term = True
                process.send_signal(signal.SIGTERM)
            if time.monotonic() > self._deadline:
                process.kill()
            time.sleep(LOOK_EVERY)
        with contextlib.suppress(ProcessLookupError):  # a container takes all its processes with it
            os.killpg(process.pid, signal.SIGKILL)
        return exit_code(returned)

    def _find(self, kind: str, name: str) -> Json:
        namespace = self._pod["metadata"]["namespace"]
        return self._machine.api.call("GET", f"/api/v1/namespaces/{namespace}/{kind}/{name}")

    def _write(self, status: Json) -> None:
        if not self._is_gone:
            insist(self._machine.api, "PATCH", f"{pod_path(self._pod)}/status", status, kind=STRATEGIC)


def remove(pod: Json, api: Api) -> None:
    """What a kubelet does when a pod that is to go has ended. Finalizers still hold the object."""
    body = {"gracePeriodSeconds": 0, "preconditions": {"uid": pod["metadata"]["uid"]}}
    insist(api, "DELETE", pod_path(pod), body)


def insist(api: Api, method: str, path: str, body: Json, **more: Any) -> None:
    """Until the server has answered: an object that is gone, or another's by now, is no error."""
    while True:
        try:
            api.call(method, path, body, **more)
            return
        except ApiError as error:
            if error.code in (404, 409):
                return
            if not error.is_passing:
                raise
            time.sleep(0.5)
