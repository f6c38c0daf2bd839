"""Pod statuses as a kubelet writes them, from the few facts that matter. Pure functions."""

import zlib

from deploy.rehearsal.platform.facts import condition
from deploy.rehearsal.store import Object
from deploy.rehearsal.store.objects import dig

RUNNING = "Running"


def running(pod: Object, at: str, *, ready: bool, restarts: int = 0) -> Object:
    statuses = [
        _container(container, ready, restarts, {"running": {"startedAt": at}})
        for container in pod["spec"]["containers"]
    ]
    why = {} if ready else {"reason": "ContainersNotReady"}
    return {
        "phase": RUNNING,
        "podIP": address(pod),
        "podIPs": [{"ip": address(pod)}],
        "startTime": dig(pod, "status", "startTime") or at,
        "containerStatuses": statuses,
        "conditions": [
            condition("Initialized", True, at),
            condition("Ready", ready, at, **why),
            condition("ContainersReady", ready, at, **why),
            condition("PodScheduled", True, at),
        ],
    }


def with_readiness(pod: Object, at: str, *, ready: bool) -> Object:
    """The status that differs in this alone, where its node is lost or found."""
    why = {} if ready else {"reason": "NodeNotReady"}
    told = dig(pod, "status", "conditions") or []
    return {
        "conditions": [
            condition("Ready", ready, at, **why) if one["type"] == "Ready" else one for one in told
        ]
    }


def ended(pod: Object, at: str, exit_code: int, restarts: int) -> Object:
    """The status after every container has ended for good."""
    reason = "Completed" if exit_code == 0 else "Error"
    started = dig((dig(pod, "status", "containerStatuses") or [{}])[0], "state", "running", "startedAt") or at
    state = {"terminated": {"exitCode": exit_code, "reason": reason, "startedAt": started, "finishedAt": at}}
    return {
        "phase": "Succeeded" if exit_code == 0 else "Failed",
        "containerStatuses": [
            _container(container, False, restarts, state) for container in pod["spec"]["containers"]
        ],
        "conditions": [
            condition("Initialized", True, at, "PodCompleted"),
            condition("Ready", False, at, "PodCompleted"),
            condition("ContainersReady", False, at, "PodCompleted"),
            condition("PodScheduled", True, at),
        ],
    }


def waiting(pod: Object, at: str, reason: str, restarts: int, why: str = "Error") -> Object:
    """The status while a crashed container waits for its next start; `why` it ended."""
    status = running(pod, at, ready=False, restarts=restarts)
    status["containerStatuses"] = [
        _container(container, False, restarts, {"waiting": {"reason": reason}})
        | {"lastState": {"terminated": {"exitCode": 137, "reason": why, "finishedAt": at}}}
        for container in pod["spec"]["containers"]
    ]
    return status


def evicted(pod: Object, at: str, message: str) -> Object:
    """The status of a pod that its kubelet has thrown out: it stays as a failed one until somebody deletes
    it."""
    return {
        "phase": "Failed",
        "reason": "Evicted",
        "message": message,
        "conditions": [
            condition("Ready", False, at, "PodFailed"),
            condition("ContainersReady", False, at, "PodFailed"),
            condition("DisruptionTarget", True, at, "TerminationByKubelet", message),
            condition("PodScheduled", True, at),
        ],
    }


def address(pod: Object) -> str:
    """A pod IP that is the same for the same pod."""
    number = zlib.crc32(str(pod["metadata"]["uid"]).encode())
    return f"10.244.{number >> 8 & 255}.{(number & 255) or 1}"


def _container(container: Object, ready: bool, restarts: int, state: Object) -> Object:
    return {
        "name": container["name"],
        "image": container["image"],
        "imageID": f"rehearsal://{container['image']}",
        "ready": ready,
        "started": "running" in state,
        "restartCount": restarts,
        "state": state,
    }
