"""Lists and watches Litmus' pods, and has each of them run, end and vanish as its object says."""

from __future__ import annotations

import logging
import time

from tests.cluster.pod_runner import SELECTOR
from tests.cluster.pod_runner.api import ApiError, Json
from tests.cluster.pod_runner.pod import Machine, PodProcess, remove

PODS = "/api/v1/pods"
PAUSE = 0.5  # seconds before the next try, where the API server does not answer

log = logging.getLogger(__name__)


class Watcher:
    """Not for several threads; the pods have theirs."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self.running: dict[str, PodProcess] = {}

    def run(self) -> None:
        """Never returns."""
        while True:
            try:
                self._once()
            except ApiError as error:
                log.warning("looking again: %s", error)
                time.sleep(PAUSE)

    def _once(self) -> None:
        found = self._machine.api.call("GET", PODS, labelSelector=SELECTOR)
        pods = found.get("items") or []
        for uid in set(self.running) - {pod["metadata"]["uid"] for pod in pods}:
            self._vanished(uid)
        for pod in pods:
            self.see("ADDED", pod)
        since = found["metadata"]["resourceVersion"]
        for what, pod in self._machine.api.watch(PODS, since, labelSelector=SELECTOR):
            self.see(what, pod)

    def see(self, what: str, pod: Json) -> None:
        """One event of the watch."""
        meta = pod["metadata"]
        running = self.running.get(meta["uid"])
        if what == "DELETED":
            self._vanished(meta["uid"])
        elif meta.get("deletionTimestamp"):
            if running is not None and running.is_alive():
                running.end(float(meta.get("deletionGracePeriodSeconds") or 0))
            elif pod["spec"].get("nodeName"):
                remove(pod, self._machine.api)
        elif running is None and pod["spec"].get("nodeName"):
            self._begin(pod)

    def _begin(self, pod: Json) -> None:
        phase = pod.get("status", {}).get("phase") or "Pending"
        if phase in ("Succeeded", "Failed"):
            return
        started = PodProcess(pod, self._machine, is_lost=phase == "Running")
        self.running[pod["metadata"]["uid"]] = started
        log.info("%s on %s: its log is %s", started.name, pod["spec"]["nodeName"], started.log)
        started.start()

    def _vanished(self, uid: str) -> None:
        """Deleted without grace, or while nobody looked: the process gets what a kubelet gives at least."""
        if running := self.running.pop(uid, None):
            running.end(0, is_gone=True)
