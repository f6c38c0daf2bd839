"""ChaosResults: written by the experiment while it runs, folded into a history when it is over."""

from deploy.rehearsal.litmus.labels import result_name, uid_label
from deploy.rehearsal.store import CHAOS_RESULTS, Cluster, Object
from deploy.rehearsal.store.objects import name_of, namespace_of

_COUNTERS = {"Pass": "passedRuns", "Fail": "failedRuns", "Error": "failedRuns", "Stopped": "stoppedRuns"}


class Results:
    """The result of one engine's experiment. It outlives the engine: nothing owns it."""

    def __init__(self, store: Cluster, engine: Object, experiment: str) -> None:
        self._store, self._engine, self._experiment = store, engine, experiment
        self.name = result_name(name_of(engine), experiment)
        self._namespace = namespace_of(engine)

    def find(self) -> Object | None:
        return self._store.find(CHAOS_RESULTS, self.name, self._namespace)

    def begin(self, labels: dict[str, str]) -> Object:
        """Running and Awaited. An engine name that is used again finds its old result and history."""
        status = {
            "experimentStatus": {
                "phase": "Running",
                "verdict": "Awaited",
                "probeSuccessPercentage": "Awaited",
            }
        }
        old = self.find()
        if old:
            old["metadata"]["labels"] = labels
            old["status"] = {**(old.get("status") or {}), **status}
            return self._store.update(CHAOS_RESULTS, old)
        history = {"passedRuns": 0, "failedRuns": 0, "stoppedRuns": 0, "targets": []}
        return self._store.create(
            CHAOS_RESULTS,
            {
                "metadata": {"name": self.name, "namespace": self._namespace, "labels": labels},
                "spec": {"engine": name_of(self._engine), "experiment": self._experiment},
                "status": {**status, "history": history},
            },
        )

    def annotate(self, kind: str, name: str, state: str) -> None:
        """`kind/name: injected|reverted`, while the experiment is in flight."""
        if self.find():
            patch = {"metadata": {"annotations": {f"{kind}/{name}": state}}}
            self._store.patch(CHAOS_RESULTS, self.name, patch, self._namespace)

    def note(self, kind: str, name: str, state: str) -> None:
        """Straight into the history: what API-only faults know of their targets is written as they end."""
        self.annotate(kind, name, state)
        self.fold()

    def end(self, phase: str, verdict: str, error: dict[str, str] | None = None) -> None:
        result = self.find()
        if result is None:
            return
        score = "100" if verdict == "Pass" else "0"
        outcome: Object = {"phase": phase, "verdict": verdict, "probeSuccessPercentage": score}
        if error:
            outcome["errorOutput"] = error
        result["status"]["experimentStatus"] = outcome
        counter = _COUNTERS[verdict]
        history = result["status"].setdefault("history", {})
        history[counter] = int(history.get(counter) or 0) + 1
        self._store.update(CHAOS_RESULTS, result)

    def fold(self, *, relabel: bool = False) -> None:
        """Move the annotations into `history.targets`; after an abort only the chaosUID label stays."""
        result = self.find()
        if result is None:
            return
        annotations = result["metadata"].pop("annotations", None) or {}
        targets = [_target(key, state) for key, state in annotations.items()]
        history = result["status"].setdefault("history", {})
        fresh = {(one["kind"], one["name"]) for one in targets}
        older = [one for one in history.get("targets") or [] if (one["kind"], one["name"]) not in fresh]
        history["targets"] = older + targets
        if relabel:
            result["metadata"]["labels"] = uid_label(self._engine)
        self._store.update(CHAOS_RESULTS, result)


def _target(key: str, state: str) -> dict[str, str]:
    kind, _, name = key.partition("/")
    return {"kind": kind, "name": name, "chaosStatus": state}
