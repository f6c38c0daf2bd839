"""LitmusChaos itself on a throw-away control plane: its own definitions, rights and operator.

The operator is a Deployment as anywhere else. KWOK leaves its pod to the pod runner, which starts the program
that was built from the operator's module, under the pod's own account; and so it does with what that makes.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from deploy.local.paths import ROOT
from deploy.local.say import Trouble, step, tail

from . import detached, litmus_chaos
from .build import binaries
from .handle import Cluster
from .litmus_module import DEFINITIONS, DEPLOYMENT, OPERATOR, RIGHTS, manifests
from .parts import module_of

POD_RUNNER = "pod-runner"
NAMESPACE = NAME = "litmus"
RUNNER_IMAGE = "litmuschaos/chaos-runner:played"
KINDS = {"chaosengines", "chaosexperiments", "chaosresults"}
READY_WITHIN = 60.0  # seconds
LOOK_EVERY = 0.2


class LitmusForReal:
    """Start, stop and scale it; each may be repeated. Raises Trouble with what went wrong."""

    def __init__(self, cluster: Cluster) -> None:
        if cluster.folder is None:
            raise Trouble(f"Litmus is started on a control plane of ours only, and {cluster.server} is none.")
        self._kubeconfig, self._state = cluster.kubeconfig, cluster.folder

    @property
    def folder(self) -> Path:
        """Of the pod runner: `logs/` has what each pod of chaos printed."""
        return self._state / POD_RUNNER

    def start(self) -> None:
        """Returns when the operator works: its definitions are served, and it watches engines."""
        files = manifests()
        binaries("chaos-operator", "go-runner", "kubectl")  # built here, where progress can be seen
        self._kubectl("apply", "--server-side", "--force-conflicts", "-f", str(files / DEFINITIONS))
        self._until(self._serves_all_kinds, "Litmus' resources are served")
        self._kubectl("apply", "-f", str(files / RIGHTS))
        self._run_pods()
        self._apply(deployment(yaml.safe_load((files / DEPLOYMENT).read_text())))
        self.scale(1)
        experiments = module_of("go-runner").version
        step(f"Litmus is up: operator {OPERATOR.version}, experiments {experiments}, chaos-runner played")

    def open(self, *namespaces: str) -> None:
        """Install the chaos namespace as we ship it, its accounts let into these namespaces."""
        self._apply(*litmus_chaos.manifests(namespaces))

    def stop(self) -> None:
        """The operator goes, then all pods of chaos end at once; their objects stay as they are."""
        self.scale(0)
        detached.end(self._pod_runners(), self._state, grace=5.0)

    def scale(self, replicas: int) -> None:
        """Returns when that many operators (0 or 1) work."""
        self._kubectl("scale", "deployment", NAME, "-n", NAMESPACE, f"--replicas={replicas}")
        if replicas:
            self._until(self._is_working, "Litmus' operator watches engines")
        else:
            self._until(lambda: not self._operators(), "Litmus' operator is gone")

    def _run_pods(self) -> None:
        if any(process.is_alive for process in self._pod_runners()):
            return
        told = ["--kubeconfig", str(self._kubeconfig), "--folder", str(self.folder)]
        command = [sys.executable, "-m", "tests.cluster.pod_runner", *told]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
        detached.spawn(POD_RUNNER, command, self._state, environment)

    def _pod_runners(self) -> list[detached.Detached]:
        return [process for process in detached.known(self._state) if process.name == POD_RUNNER]

    def _serves_all_kinds(self) -> bool:
        """Established is not enough: for a second more its endpoints may answer 404."""
        try:
            listed = self._kubectl("get", "--raw", "/apis/litmuschaos.io/v1alpha1")
            for kind in KINDS:
                self._kubectl("get", "--raw", f"/apis/litmuschaos.io/v1alpha1/{kind}?limit=1")
        except Trouble:
            return False
        return {resource["name"] for resource in json.loads(listed)["resources"]} >= KINDS

    def _is_working(self) -> bool:
        """Its controllers say so in its log; being ready says nothing, since it has no probe."""
        logs = [self.log_of(pod) for pod in self._operators() if _is_running(pod)]
        return any(log.exists() and "Starting workers" in log.read_text(errors="replace") for log in logs)

    def _operators(self) -> list[dict[str, Any]]:
        got = self._kubectl("get", "pods", "-n", NAMESPACE, "-l", "name=chaos-operator", "-o", "json")
        return list(json.loads(got)["items"])

    def log_of(self, pod: dict[str, Any]) -> Path:
        """Where the pod runner keeps what a pod printed."""
        meta = pod["metadata"]
        return self.folder / "logs" / f"{meta['namespace']}_{meta['name']}_{meta['uid'][:8]}.log"

    def _apply(self, *objects: dict[str, Any]) -> None:
        self._kubectl("apply", "-f", "-", said=yaml.safe_dump_all(objects))

    def _kubectl(self, *told: str, said: str | None = None) -> str:
        command = [str(binaries("kubectl")["kubectl"]), "--kubeconfig", str(self._kubeconfig), *told]
        done = subprocess.run(command, input=said, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Trouble(f"kubectl {' '.join(told)} failed.\n{tail(done.stderr, 5)}")
        return done.stdout

    def _until(self, is_so: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + READY_WITHIN
        while not is_so():
            if time.monotonic() > deadline:
                words = "\n".join(process.last_words() for process in self._pod_runners())
                raise Trouble(f"It is not so after {READY_WITHIN:.0f} s that {what}.\n{words}")
            time.sleep(LOOK_EVERY)


def _is_running(pod: dict[str, Any]) -> bool:
    states = [one["state"] for one in pod["status"].get("containerStatuses") or []]
    return bool(states) and all("running" in state for state in states)


def deployment(theirs: dict[str, Any]) -> dict[str, Any]:
    """The module's own Deployment of the operator, made fit for a machine that it shares with others.

    No leader election, which wants an address inside a cluster; no ports; and it tells nobody that it runs.
    """
    template = theirs["spec"]["template"]
    template["metadata"]["labels"]["chaosUID"] = "operator"  # for the pod runner, not for KWOK
    container = template["spec"]["containers"][0]
    container["image"] = f"litmuschaos/chaos-operator:{OPERATOR.version}"
    container["args"] = ["-metrics-bind-address=0", "-health-probe-bind-address=0"]
    ours = {"CHAOS_RUNNER_IMAGE": RUNNER_IMAGE, "ANALYTICS": "FALSE"}
    kept = [one for one in container["env"] if one["name"] not in ours]
    container["env"] = kept + [{"name": name, "value": value} for name, value in ours.items()]
    return theirs
