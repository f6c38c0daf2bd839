"""The runner pod: creates each experiment's Job in turn, watches it every two seconds, copies the verdict."""

from collections.abc import Generator

from deploy.rehearsal.litmus import status
from deploy.rehearsal.litmus.labels import EXPERIMENT_IMAGE, belongings, placing
from deploy.rehearsal.litmus.results import Results
from deploy.rehearsal.litmus.settings import settings_of
from deploy.rehearsal.platform.facts import phase
from deploy.rehearsal.platform.processes import Steps
from deploy.rehearsal.platform.recorder import Recorder
from deploy.rehearsal.store import CHAOS_EXPERIMENTS, JOBS, PODS, Cluster, Object
from deploy.rehearsal.store.objects import dig, name_of, namespace_of, suffix

STARTUP, POLL, PATIENCE = 1.2, 2.0, 180.0  # seconds


class Runner:
    """The program of a `<engine>-runner` pod."""

    def __init__(self, store: Cluster, engine: Object, recorder: Recorder) -> None:
        self._store, self._engine, self._recorder = store, engine, recorder
        self._reporter = status.Reporter(store, engine)
        self._namespace = namespace_of(engine)

    def run(self) -> Steps:
        yield STARTUP
        names = [one["name"] for one in dig(self._engine, "spec", "experiments") or []]
        for name in names:
            self._reporter.report(name, status.WAITING, "N/A")
        for name in names:
            experiment = self._store.find(CHAOS_EXPERIMENTS, name, self._namespace)
            if experiment is None:
                self._reporter.report(name, status.NOT_FOUND, "Fail")
                self._say("ExperimentNotFound", f"Unable to find ChaosExperiment: {name}", warning=True)
                continue
            if not dig(experiment, "spec", "definition", "labels"):
                return 2  # the real runner writes into a nil map here, and panics
            self._say(
                "ExperimentDependencyCheck", f"Experiment resources validated for Chaos Experiment: {name}"
            )
            job = self._create_job(name, experiment)
            yield from self._watch(name, job)
        return 0

    def _create_job(self, name: str, experiment: Object) -> Object:
        definition = experiment["spec"]["definition"]
        tags = belongings(self._engine, definition["labels"])
        job_name = f"{name}-{suffix()}{suffix()[:1]}"
        container = {
            "name": job_name,
            "image": definition.get("image") or f"{EXPERIMENT_IMAGE}:latest",
            "command": definition.get("command") or [],
            "args": definition.get("args") or [],
            "env": self._environment(name, experiment),
        }
        grace = int(dig(self._engine, "spec", "terminationGracePeriodSeconds") or 0)
        pod: Object = {
            **placing(self._components(name)),
            "restartPolicy": "Never",
            "serviceAccountName": dig(self._engine, "spec", "chaosServiceAccount"),
            "containers": [container],
        } | ({"terminationGracePeriodSeconds": grace} if grace else {})
        template = {"metadata": {"labels": {**tags, "job-name": job_name}}, "spec": pod}
        meta = {"name": job_name, "namespace": self._namespace, "labels": tags}
        job = self._store.create(JOBS, {"metadata": meta, "spec": {"template": template}})
        self._say("ExperimentJobCreate", f"Experiment Job {job_name} for Chaos Experiment: {name}")
        return job

    def _components(self, name: str) -> Object:
        experiments = dig(self._engine, "spec", "experiments") or []
        specs = [dig(one, "spec", "components") or {} for one in experiments if one["name"] == name]
        return dict(specs[0]) if specs else {}

    def _environment(self, name: str, experiment: Object) -> list[dict[str, str]]:
        values = {
            "EXPERIMENT_NAME": name,
            "CHAOSENGINE": name_of(self._engine),
            "CHAOS_NAMESPACE": self._namespace,
            "CHAOS_UID": self._engine["metadata"]["uid"],
            **settings_of(self._engine, experiment, name).values,
        }
        return [{"name": key, "value": value} for key, value in values.items()]

    def _watch(self, name: str, job: Object) -> Generator[float, None, None]:
        waited = 0.0
        while True:
            yield POLL
            pod = self._pod_of(job)
            state = phase(pod) if pod else "Pending"
            if state == "Succeeded" and pod:
                self._reporter.report(name, "Completed", self._verdict(name), name_of(pod))
                self._clean_up(name, job)
                return
            if state == "Running" and pod:
                self._reporter.report(name, "Running", "Awaited", name_of(pod))
                waited = 0.0
                continue
            waited += POLL
            if state == "Failed" or waited > PATIENCE:
                self._give_up(name, job)
                return

    def _pod_of(self, job: Object) -> Object | None:
        pods = list(self._store.view(PODS, self._namespace, labels=f"job-name={name_of(job)}"))
        return max(pods, key=lambda pod: str(pod["metadata"]["creationTimestamp"]), default=None)

    def _verdict(self, name: str) -> str:
        result = Results(self._store, self._engine, name).find()
        return str(dig(result, "status", "experimentStatus", "verdict") or "Awaited")

    def _clean_up(self, name: str, job: Object) -> None:
        if dig(self._reporter.engine(), "spec", "jobCleanUpPolicy") == "delete":
            self._store.delete(JOBS, name_of(job), self._namespace, propagation="Background")
            self._say("ExperimentJobCleanUp", f"Experiment Job {name_of(job)} is deleted")

    def _give_up(self, name: str, job: Object) -> None:
        """The Job is left behind, and may still inject later."""
        self._reporter.report(name, "Skipped", "Fail")
        message = f"Unable to watch the experiment container of Job {name_of(job)}"
        self._say("ChaosContainerWatchNotPermitted", message, warning=True)

    def _say(self, reason: str, message: str, *, warning: bool = False) -> None:
        self._recorder.record(self._engine, reason, message, warning=warning)
