"""The chaos operator: one worker that takes engines in turn, so one stuck abort delays all the others."""

from collections.abc import Generator
from typing import TypeAlias

from deploy.rehearsal.litmus import abort, status
from deploy.rehearsal.litmus.labels import (
    FINALIZER,
    RUNNER_IMAGE,
    delete_all,
    placing,
    runner_name,
    uid_label,
)
from deploy.rehearsal.litmus.targets import BadSelectors, targets_of
from deploy.rehearsal.platform.facts import is_serving, owner_reference
from deploy.rehearsal.platform.processes import Process, Steps
from deploy.rehearsal.platform.recorder import Recorder
from deploy.rehearsal.store import (
    CHAOS_ENGINES,
    CHAOS_EXPERIMENTS,
    PODS,
    SERVICE_ACCOUNTS,
    ApiError,
    Cluster,
    Object,
)
from deploy.rehearsal.store.objects import dig, is_going, name_of, namespace_of

Waits: TypeAlias = Generator[float, None, None]
LAG = 0.3  # seconds from a change to its reconcile
SLOWEST_RETRY = 60.0


class Operator:
    def __init__(self, store: Cluster) -> None:
        self._store = store
        self._recorder = Recorder(store, "chaos-operator")
        self._worker: Process | None = None
        self._failures: dict[str, tuple[int, float]] = {}  # engine uid -> (failures, next try)
        self._now = 0.0

    def tick(self, now: float) -> None:
        """Work while the operator's own pod is ready; a lost operator forgets what it was doing."""
        self._now = now
        if not any(is_serving(pod) for pod in self._store.view(PODS, labels="app=chaos-operator")):
            self._worker, self._failures = None, {}
            return
        if self._worker is None:
            self._worker = Process(self._work(), now)
        self._worker.run(now)

    def _work(self) -> Steps:
        while True:
            yield LAG
            for engine in list(self._store.list(CHAOS_ENGINES)):
                uid = engine["metadata"]["uid"]
                failures, not_before = self._failures.get(uid, (0, 0.0))
                if self._now < not_before:
                    continue
                try:
                    yield from self._reconcile(engine)
                    self._failures.pop(uid, None)
                except (abort.Failed, ApiError):  # also: somebody else wrote the engine meanwhile
                    wait = min(SLOWEST_RETRY, 2.0**failures)
                    self._failures[uid] = (failures + 1, self._now + wait)

    def _reconcile(self, found: Object) -> Waits:
        engine = self._store.find(CHAOS_ENGINES, name_of(found), namespace_of(found))
        if engine is None:
            return
        if is_going(engine):
            if FINALIZER in (engine["metadata"].get("finalizers") or []):
                yield from abort.run(self._store, engine, self._recorder)
            return
        state, known = status.engine_state(engine), status.engine_status(engine)
        if state == "active" and known == "":
            known = self._initialise(engine)
        if state == "active" and known == "initialized":
            self._keep_running(engine)
        elif state == "stop" and known == "initialized":
            yield from abort.run(self._store, engine, self._recorder)
        elif state == "active" and known in ("completed", "stopped"):
            self._restart(engine)

    def _initialise(self, engine: Object) -> str:
        """Finalizer and status in one update, and only where nobody else has put a finalizer."""
        if not engine["metadata"].get("finalizers"):
            engine["metadata"]["finalizers"] = [FINALIZER]
            engine.setdefault("status", {})["engineStatus"] = "initialized"
            engine["spec"]["engineState"] = "active"
            engine.update(self._store.update(CHAOS_ENGINES, engine))
        return "initialized"

    def _keep_running(self, engine: Object) -> None:
        runner = self._store.find(PODS, runner_name(name_of(engine)), namespace_of(engine))
        if runner is None:
            self._start(engine)
        elif _has_completed(runner):
            self._complete(engine, runner)

    def _start(self, engine: Object) -> None:
        namespace, experiments = namespace_of(engine), dig(engine, "spec", "experiments") or []
        account = dig(engine, "spec", "chaosServiceAccount") or ""
        first = experiments[0]["name"] if experiments else ""
        try:
            targets_of(engine)
        except BadSelectors:
            self._store.patch(CHAOS_ENGINES, name_of(engine), {"spec": {"engineState": "stop"}}, namespace)
            return
        if not self._store.find(CHAOS_EXPERIMENTS, first, namespace) or not self._store.find(
            SERVICE_ACCOUNTS, account, namespace
        ):
            message = "(chaos start) Unable to get chaos resources"
            self._recorder.record(engine, "ChaosResourcesOperationFailed", message, warning=True)
            raise abort.Failed(message)
        self._store.create(PODS, _runner_pod(engine, account))
        message = f"Identifying app under test & launching {runner_name(name_of(engine))}"
        self._recorder.record(engine, "ChaosEngineInitialized", message)

    def _complete(self, engine: Object, runner: Object) -> None:
        """Status and state in one update. The finalizer stays."""
        engine.setdefault("status", {})["engineStatus"] = "completed"
        engine["spec"]["engineState"] = "stop"
        self._store.update(CHAOS_ENGINES, engine)
        message = "ChaosEngine completed, will delete or retain the resources according to jobCleanUpPolicy"
        self._recorder.record(engine, "ChaosEngineCompleted", message)
        if dig(engine, "spec", "jobCleanUpPolicy") == "delete":
            self._store.delete(PODS, name_of(runner), namespace_of(runner))

    def _restart(self, engine: Object) -> None:
        """`active` on an engine that has ended runs its chaos once more."""
        delete_all(self._store, engine, grace=0)
        self._recorder.record(engine, "RestartInProgress", "ChaosEngine restart is in progress")
        engine["status"] = {"engineStatus": "initialized", "experiments": None}
        engine["metadata"]["finalizers"] = [FINALIZER]
        self._store.update(CHAOS_ENGINES, engine)


def _has_completed(runner: Object) -> bool:
    for container in dig(runner, "status", "containerStatuses") or []:
        ended = dig(container, "state", "terminated", "reason") == "Completed"
        if container["name"] == "chaos-runner" and ended:
            return True
    return False


def _runner_pod(engine: Object, account: str) -> Object:
    tags = {
        "app": name_of(engine),
        **uid_label(engine),
        "app.kubernetes.io/component": "chaos-runner",
        "app.kubernetes.io/part-of": "litmus",
    }
    image = dig(engine, "spec", "components", "runner", "image") or f"{RUNNER_IMAGE}:3.28.0"
    grace = int(dig(engine, "spec", "terminationGracePeriodSeconds") or 0)
    spec: Object = {
        **placing(dig(engine, "spec", "components", "runner") or {}),
        "restartPolicy": "OnFailure",
        "serviceAccountName": account,
        "containers": [{"name": "chaos-runner", "image": image}],
    } | ({"terminationGracePeriodSeconds": grace} if grace else {})
    meta = {
        "name": runner_name(name_of(engine)),
        "namespace": namespace_of(engine),
        "labels": tags,
        "ownerReferences": [owner_reference(CHAOS_ENGINES, engine)],
    }
    return {"metadata": meta, "spec": spec}
