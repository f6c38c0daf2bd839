"""The Job controller: a pod until one succeeds, or until backoffLimit of them failed."""

from deploy.rehearsal.platform.facts import (
    condition,
    is_active,
    owned,
    owner_reference,
    phase,
    pod_from_template,
)
from deploy.rehearsal.platform.recorder import Recorder
from deploy.rehearsal.platform.writing import set_status
from deploy.rehearsal.store import JOBS, PODS, Cluster, Object
from deploy.rehearsal.store.objects import dig, is_going, name_of, namespace_of, timestamp

BACKOFF = 10.0  # seconds after the first failure; twice as long after each further one


class Jobs:
    def __init__(self, store: Cluster) -> None:
        self._store = store
        self._recorder = Recorder(store, "job-controller")
        self._failed: dict[str, float] = {}  # uid of each pod that failed by itself, and when that was seen

    def tick(self, now: float) -> None:
        for job in list(self._store.view(JOBS)):
            if not is_going(job) and not dig(job, "status", "completionTime"):
                self._reconcile(job, now)

    def _reconcile(self, job: Object, now: float) -> None:
        pods = owned(self._store.view(PODS, namespace_of(job)), job)
        succeeded = sum(phase(pod) == "Succeeded" for pod in pods)
        failed = sum(phase(pod) == "Failed" for pod in pods)
        active = sum(is_active(pod) for pod in pods)
        given_up = failed > int(job["spec"]["backoffLimit"])
        if not succeeded and not active and not given_up and not self._waits(pods, now):
            self._create(job)
            active = 1
        stamp = timestamp(self._store.now())
        started = dig(job, "status", "startTime") or stamp
        status: Object = {"startTime": started, "active": active, "succeeded": succeeded, "failed": failed}
        if succeeded:
            status |= {"completionTime": stamp, "conditions": [condition("Complete", True, stamp)]}
        elif given_up:
            reason = "BackoffLimitExceeded"
            status["conditions"] = dig(job, "status", "conditions") or [
                condition("Failed", True, stamp, reason)
            ]
        set_status(self._store, JOBS, job, status)

    def _waits(self, pods: list[Object], now: float) -> bool:
        """For a while after a pod that failed by itself, and for longer after each further one."""
        uids = [pod["metadata"]["uid"] for pod in pods if phase(pod) == "Failed"]
        seen = [self._failed.setdefault(uid, now) for uid in uids]
        return bool(seen) and now < max(seen) + BACKOFF * 2 ** (len(seen) - 1)

    def _create(self, job: Object) -> None:
        owner = owner_reference(JOBS, job)
        template = job["spec"]["template"]
        pod = pod_from_template(template, f"{name_of(job)}-", namespace_of(job), owner)
        created = self._store.create(PODS, pod)
        self._recorder.record(job, "SuccessfulCreate", f"Created pod: {name_of(created)}")
