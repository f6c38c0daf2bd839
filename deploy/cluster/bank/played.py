"""What a kubelet would do to the bank's pods and KWOK's stages do not: crashes, evictions, failing probes."""

from deploy.rehearsal.platform import containers
from deploy.rehearsal.platform.facts import is_ready, labels, phase, restarts
from deploy.rehearsal.platform.kubelet import UNREADY_AFTER
from deploy.rehearsal.platform.troubles import Troubles
from deploy.rehearsal.platform.writing import set_status
from deploy.rehearsal.store import PODS, Cluster, Object
from deploy.rehearsal.store.objects import dig, is_going, name_of, namespace_of, timestamp

UNREADY = "rehearsal/unready"
"""Annotation of a pod that KWOK leaves unready, whatever its start-up time."""


def is_chaos(pod: Object) -> bool:
    """A pod of an engine, which KWOK leaves alone."""
    return "chaosUID" in labels(pod)


class PlayedPods:
    """Writes into the statuses of pods that KWOK plays; it makes them ready again by itself."""

    def __init__(self, store: Cluster, troubles: Troubles) -> None:
        self._store, self._troubles = store, troubles
        self._unheard_since: dict[str, float] = {}
        self._seen: set[str] = set()

    def tick(self, now: float) -> None:
        pods = [pod for pod in self._store.view(PODS) if not is_chaos(pod)]
        seen = {str(pod["metadata"]["uid"]) for pod in pods}
        for pod in pods:
            if dig(pod, "spec", "nodeName") and not is_going(pod) and phase(pod) == "Running":
                self._look(pod, now)
        for uid in self._seen - seen:
            self._troubles.forget(uid)
            self._unheard_since.pop(uid, None)
        self._seen = seen

    def _look(self, pod: Object, now: float) -> None:
        uid, at = str(pod["metadata"]["uid"]), timestamp(self._store.now())
        if uid in self._troubles.evictions:
            self._troubles.evictions.discard(uid)
            message = "Pod ephemeral local storage usage exceeds the total limit of containers."
            set_status(self._store, PODS, pod, containers.evicted(pod, at, message))
        elif (why := self._troubles.crashes.pop(uid, None)) is not None:
            set_status(self._store, PODS, pod, _started_again(pod, at, why))
        else:
            self._hold(pod, at, self._is_held(pod, now))

    def _is_held(self, pod: Object, now: float) -> bool:
        """Its probes have been failing for long enough, or it is not to get ready."""
        uid = str(pod["metadata"]["uid"])
        if not self._troubles.blocks_probes(uid):
            self._unheard_since.pop(uid, None)
            return self._troubles.revert_stuck and not is_ready(pod)
        since = self._unheard_since.setdefault(uid, now)
        return not is_ready(pod) or now - since >= UNREADY_AFTER

    def _hold(self, pod: Object, at: str, wanted: bool) -> None:
        annotations = pod["metadata"].get("annotations") or {}
        if wanted != (UNREADY in annotations):
            change = {"metadata": {"annotations": {UNREADY: "true" if wanted else None}}}
            self._store.patch(PODS, name_of(pod), change, namespace_of(pod))
        if wanted and is_ready(pod):
            set_status(self._store, PODS, pod, _unready(pod, at, restarts(pod)))


def _unready(pod: Object, at: str, count: int) -> Object:
    whole = containers.running(pod, at, ready=False, restarts=count)
    return {key: whole[key] for key in ("conditions", "containerStatuses")}


def _started_again(pod: Object, at: str, why: str) -> Object:
    status = _unready(pod, at, restarts(pod) + 1)
    ended = {"terminated": {"exitCode": 137, "reason": why, "startedAt": at, "finishedAt": at}}
    status["containerStatuses"] = [{**one, "lastState": ended} for one in status["containerStatuses"]]
    return status
