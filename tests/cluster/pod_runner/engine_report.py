"""What chaos-runner writes on its engine: each experiment's state, and events. No write is tried twice."""

from __future__ import annotations

import logging

from tests.cluster.pod_runner.api import Api, ApiError, Json
from tests.cluster.pod_runner.status import now

LITMUS = "/apis/litmuschaos.io/v1alpha1"
log = logging.getLogger(__name__)


class EngineReport:
    """Raises ApiError, but for events: one that cannot be written is logged."""

    def __init__(self, api: Api, namespace: str, engine: str) -> None:
        self._api, self._namespace, self._name = api, namespace, engine
        self._uid = ""

    def engine(self) -> Json:
        engine = self._api.call("GET", self.path("chaosengines", self._name))
        self._uid = engine["metadata"]["uid"]
        return engine

    def path(self, kind: str, name: str) -> str:
        return f"{LITMUS}/namespaces/{self._namespace}/{kind}/{name}"

    def begin(self, experiments: list[str]) -> None:
        engine = self.engine()
        status = engine.setdefault("status", {})
        waiting = [self._entry(name, "Waiting for Job Creation", "N/A") for name in experiments]
        status["experiments"] = [*(status.get("experiments") or []), *waiting]
        self._put(engine)

    def write(self, experiment: str, status: str, verdict: str, pod: str = "N/A") -> None:
        """One read and one write of the whole object."""
        engine = self.engine()
        known = engine.get("status", {}).get("experiments") or []
        for at, one in enumerate(known):
            if one["name"] == experiment:
                known[at] = self._entry(experiment, status, verdict, pod)
        self._put(engine)

    def say(self, experiment: str, reason: str, message: str, *, warns: bool = False) -> None:
        """An event on the engine; one of the same reason is counted up."""
        path, name = f"/api/v1/namespaces/{self._namespace}/events", f"{reason}{experiment}{self._uid}"
        try:
            known = self._found(f"{path}/{name}")
            if known is None:
                self._api.call("POST", path, self._event(name, reason, message, warns))
            else:
                known |= {"count": known["count"] + 1, "lastTimestamp": now(), "message": message}
                self._api.call("PUT", f"{path}/{name}", known)
        except ApiError as error:
            log.error("unable to create event, err: %s", error)

    def _found(self, path: str) -> Json | None:
        try:
            return self._api.call("GET", path)
        except ApiError as error:
            if error.code == 404:
                return None
            raise

    def _put(self, engine: Json) -> None:
        self._api.call("PUT", self.path("chaosengines", self._name), engine)

    def _entry(self, name: str, status: str, verdict: str, pod: str = "Yet to be launched") -> Json:
        return {
            "name": name,
            "runner": f"{self._name}-runner",
            "experimentPod": pod,
            "status": status,
            "verdict": verdict,
            "lastUpdateTime": now(),
        }

    def _event(self, name: str, reason: str, message: str, warns: bool) -> Json:
        return {
            "metadata": {"name": name, "namespace": self._namespace},
            "source": {"component": f"{self._name}-runner"},
            "message": message,
            "reason": reason,
            "type": "Warning" if warns else "Normal",
            "count": 1,
            "firstTimestamp": now(),
            "lastTimestamp": now(),
            "involvedObject": {
                "apiVersion": "litmuschaos.io/v1alpha1",
                "kind": "ChaosEngine",
                "name": self._name,
                "namespace": self._namespace,
                "uid": self._uid,
            },
        }
