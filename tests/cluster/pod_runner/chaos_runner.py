"""The part of Litmus' chaos-runner, played: no version of its Go module could be had from the module proxy.

It does what the real one does, in the same order and under the same account, its traps included: where its
report of the engine's state fails, the experiment counts as skipped while its Job goes on.
"""

from __future__ import annotations

import logging
import os
import random
import signal
import string
import sys
import time
from pathlib import Path

from tests.cluster.pod_runner.api import Api, ApiError, Json
from tests.cluster.pod_runner.chaos_job import components_of, job_of
from tests.cluster.pod_runner.engine_report import EngineReport

POLL = 2.0  # seconds
log = logging.getLogger("chaos-runner")


class NotWatched(Exception):
    """The experiment's pod cannot be watched to its end: the experiment counts as skipped."""


class ChaosRunner:
    """One engine's. `run` ends normally whatever went wrong, as the real one exits with 0."""

    def __init__(self, api: Api, engine: str, namespace: str) -> None:
        self._api, self._name, self._namespace = api, engine, namespace
        self._report = EngineReport(api, namespace, engine)

    def run(self, experiments: list[str]) -> None:
        try:
            self._report.begin(experiments)
        except ApiError as error:
            log.error("unable to patch Initial ExperimentStatus in ChaosEngine, error: %s", error)
            return
        for name in experiments:
            self._run(name)

    def _run(self, name: str) -> None:
        try:
            experiment = self._api.call("GET", self._report.path("chaosexperiments", name))
            engine = self._report.engine()
        except ApiError as error:
            self._give_up(name, "ExperimentNotFound", error, "ChaosExperiment Not Found")
            return
        job = job_of(engine, experiment, f"{name}-{_suffix()}", os.environ)
        job_name = job["metadata"]["name"]
        checked = f"Experiment resources validated for Chaos Experiment: {name}"
        self._report.say(name, "ExperimentDependencyCheck", checked)
        try:
            self._api.call("POST", f"/apis/batch/v1/namespaces/{self._namespace}/jobs", job)
        except ApiError as error:
            self._give_up(name, "ExperimentDependencyCheck", error)
            return
        made = f"Experiment Job {job_name} for Chaos Experiment: {name}"
        self._report.say(name, "ExperimentJobCreate", made)
        try:
            pod = self._watch(name, job_name, _patience(engine, name))
        except (ApiError, NotWatched) as error:
            self._give_up(name, "ChaosContainerWatchNotPermitted", error)
            return
        self._finish(name, job_name, pod)

    def _watch(self, name: str, job: str, patience: float) -> str:
        """The pod's name, when its container has completed. Raises NotWatched, ApiError."""
        began = time.monotonic()
        while True:
            path = f"/api/v1/namespaces/{self._namespace}/pods"
            pods = self._api.call("GET", path, labelSelector=f"job-name={job}").get("items") or []
            phase = pods[0]["status"].get("phase") if len(pods) == 1 else "Pending"
            if phase == "Pending" and time.monotonic() - began > patience:
                raise NotWatched(f"{len(pods)} pods of the Job, and none that runs")
            if phase == "Failed":
                raise NotWatched("status check failed as chaos pod status is Failed")
            if phase != "Pending":
                pod = str(pods[0]["metadata"]["name"])
                self._report.write(name, "Running", "Awaited", pod)
                if _has_completed(pods[0], job):
                    return pod
            time.sleep(POLL)

    def _finish(self, name: str, job: str, pod: str) -> None:
        try:
            result = self._api.call("GET", self._report.path("chaosresults", f"{self._name}-{name}"))
            self._report.write(name, "Completed", result["status"]["experimentStatus"]["verdict"], pod)
        except ApiError as error:
            log.error("unable to Update ChaosEngine Status, error: %s", error)
        text = f"Experiment Job {job} will be retained"
        if self._report.engine()["spec"].get("jobCleanUpPolicy") == "delete":
            text = f"Experiment Job: {job} will be deleted"
            path = f"/apis/batch/v1/namespaces/{self._namespace}/jobs/{job}"
            self._api.call("DELETE", path, {"propagationPolicy": "Foreground"})
        self._report.say(name, "ExperimentJobCleanUp", text)

    def _give_up(self, name: str, reason: str, why: Exception, status: str = "Skipped") -> None:
        """Nothing is taken back: a Job that was made goes on."""
        log.error("%s: %s", status, why)
        message = f"Experiment Job creation failed, skipping Chaos Experiment: {name}"
        self._report.say(name, reason, message, warns=True)
        try:
            self._report.write(name, status, "Fail")
        except ApiError as error:
            log.error("unable to Patch ChaosEngine with Status, error: %s", error)


def _patience(engine: Json, name: str) -> float:
    timeouts = components_of(engine, name).get("statusCheckTimeouts") or {}
    return float(timeouts.get("timeout") or 180)


def _has_completed(pod: Json, container: str) -> bool:
    return any(
        one["name"] == container and one["state"].get("terminated", {}).get("reason") == "Completed"
        for one in pod["status"].get("containerStatuses") or []
    )


def _suffix() -> str:
    return "".join(random.choices(string.ascii_lowercase + string.digits, k=6))


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))
    env = os.environ
    runner = ChaosRunner(Api(Path(env["KUBECONFIG"])), env["CHAOSENGINE"], env["CHAOS_NAMESPACE"])
    runner.run(env["EXPERIMENT_LIST"].split(","))


if __name__ == "__main__":
    main()
