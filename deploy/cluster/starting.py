"""From nothing to a control plane that has handled a Deployment."""

import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from deploy.local.readiness import Ready, http_answers
from deploy.local.say import Trouble, step, tail

from . import detached, state
from .detached import Detached
from .plane import MANIFESTS, Plane

WITHIN = 60.0  # seconds, for each step of the way


def start(plane: Plane) -> float:
    """Start it anew in its folder; returns the seconds it took. Leaves nothing running where it fails.

    Raises Trouble with the last words of what failed.
    """
    began = time.monotonic()
    state.stop(plane.folder)
    state.clear(plane.folder)
    plane.prepare()
    try:
        _start(plane)
    except BaseException:
        state.stop(plane.folder)
        raise
    state.write_ready(plane.folder, plane.server, plane.programs)
    return time.monotonic() - began


def _start(plane: Plane) -> None:
    started: list[Detached] = []

    def spawn(name: str, command: list[str]) -> None:
        started.append(detached.spawn(name, command, plane.folder, plane.environment()))

    spawn("etcd", plane.etcd())
    spawn("kube-apiserver", plane.apiserver())
    _wait("the API server to be ready", http_answers(f"{plane.server}/readyz", plane.authority), started)
    step("etcd and the API server are ready")
    spawn("kube-controller-manager", plane.controllers())
    spawn("kube-scheduler", plane.scheduler())
    _kubectl(plane, started, "create", "-f", str(MANIFESTS / "rights.yaml"), "-f", "nodes.json")
    spawn("kwok", plane.kwok())
    _kubectl(plane, started, "wait", "--for=condition=Ready", "nodes", "--all", f"--timeout={WITHIN:.0f}s")
    step("the nodes are ready")
    _canary(plane, started)
    step("the controllers and the scheduler have handled a Deployment from end to end")


def _canary(plane: Plane, started: list[Detached]) -> None:
    file, patience = str(MANIFESTS / "canary.yaml"), f"--timeout={WITHIN:.0f}s"
    _kubectl(plane, started, "create", "-f", file)
    _kubectl(plane, started, "wait", "--for=condition=Available", "deployment/canary", patience)
    _kubectl(plane, started, "wait", "--for=jsonpath={.status.currentHealthy}=1", "pdb/canary", patience)
    _kubectl(plane, started, "delete", "--cascade=foreground", patience, "-f", file)


def _wait(what: str, ready: Ready, started: list[Detached]) -> None:
    deadline = time.monotonic() + WITHIN
    while not ready():
        _must_live(started)
        if time.monotonic() > deadline:
            words = "\n".join(process.last_words() for process in started)
            raise Trouble(f"Waited {WITHIN:.0f} s for {what}.\n{words}")
        time.sleep(0.1)


def _must_live(started: list[Detached]) -> None:
    for process in started:
        if not process.is_alive:
            raise Trouble(f"{process.name} ended at once.\n{process.last_words()}")


def _kubectl(plane: Plane, started: list[Detached], *arguments: str) -> None:
    command = [str(plane.programs["kubectl"]), "--kubeconfig", str(plane.kubeconfig), *arguments]
    done = subprocess.run(
        command, cwd=plane.folder, env=plane.environment(), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        _must_live(started)
        words = "\n".join(process.last_words(5) for process in started)
        raise Trouble(f"kubectl {' '.join(arguments)} failed:\n{tail(done.stderr)}\n{words}")


def versions(programs: Mapping[str, Path]) -> dict[str, str]:
    """What each program says of itself: name -> version, such as v1.36.3."""
    said = {}
    for name, path in programs.items():
        asked = ("version", "--client") if name == "kubectl" else ("--version",)
        heard = subprocess.run([path, *asked], capture_output=True, text=True, check=False).stdout
        numbers = [word for word in heard.split() if word.lstrip("v")[:1].isdigit()]
        said[name] = f"v{numbers[0].lstrip('v')}" if numbers else "unknown"
    return said
