"""What a kubelet writes about a pod with one container. Pure: times are given as RFC 3339 texts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.cluster.pod_runner.api import Json

GRACE_AT_LEAST = 2.0  # seconds: a kubelet gives every container that much to end, whatever it was told
FIRST_PAUSE, LONGEST_PAUSE = 10.0, 300.0  # seconds before a container is started again


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def exit_code(returned: int) -> int:
    """As a container runtime says it, of what a process returned: killed by 9 is 137."""
    return 128 - returned if returned < 0 else returned


def starts_again(pod: Json, code: int) -> bool:
    policy = pod["spec"].get("restartPolicy", "Always")
    return policy == "Always" or (policy == "OnFailure" and code != 0)


def pause(restarts: int) -> float:
    """Seconds to wait before the restart of that number, from 1 on."""
    return float(min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (restarts - 1)))


@dataclass(slots=True)
class ContainerState:
    """The one container of a pod, and what its status says of it."""

    pod: Json
    restarts: int = 0
    began: str = field(default_factory=now)
    last: Json = field(default_factory=dict)

    def waiting(self, reason: str, message: str = "") -> Json:
        phase = "Running" if self.restarts else "Pending"
        return self._status(phase, {"waiting": {"reason": reason, "message": message}}, ready=False)

    def running(self) -> Json:
        self.began = now()
        return self._status("Running", {"running": {"startedAt": self.began}}, ready=True)

    def ended(self, code: int, *, phase: str | None = None) -> Json:
        """Its phase is that of the code; or `phase`, where the container is to start again."""
        self.last = {
            "terminated": {
                "exitCode": code,
                "reason": "Completed" if code == 0 else "Error",
                "startedAt": self.began,
                "finishedAt": now(),
            }
        }
        return self._status(phase or ("Failed" if code else "Succeeded"), self.last, ready=False)

    def _status(self, phase: str, state: Json, *, ready: bool) -> Json:
        container = self.pod["spec"]["containers"][0]
        one: Json = {
            "name": container["name"],
            "image": container["image"],
            "imageID": "",
            "ready": ready,
            "started": ready,
            "restartCount": self.restarts,
            "state": state,
        }
        if self.last and self.last is not state:
            one["lastState"] = self.last
        return {
            "metadata": {"uid": self.pod["metadata"]["uid"]},
            "status": {
                "phase": phase,
                "startTime": self.pod["metadata"]["creationTimestamp"],
                "conditions": _conditions(ready, is_over=phase in ("Succeeded", "Failed")),
                "containerStatuses": [one],
            },
        }


def _conditions(ready: bool, *, is_over: bool) -> list[Json]:
    said = {"status": "True" if ready else "False", "lastTransitionTime": now()}
    if is_over:
        said["reason"] = "PodCompleted"
    begun = {"type": "Initialized", "status": "True", "lastTransitionTime": now()}
    return [begun, *({"type": kind, **said} for kind in ("Ready", "ContainersReady"))]
