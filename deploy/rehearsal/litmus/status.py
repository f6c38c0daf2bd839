"""`status.experiments[]` of an engine, as operator and runner write it. Pure functions, but for `write`."""

from deploy.rehearsal.litmus.labels import runner_name
from deploy.rehearsal.store import CHAOS_ENGINES, Cluster, Object
from deploy.rehearsal.store.objects import dig, name_of, namespace_of, timestamp

WAITING = "Waiting for Job Creation"
NOT_FOUND = "ChaosExperiment Not Found"
ABORTED = "Forcefully Aborted"


def engine_state(engine: Object) -> str:
    """Empty means active."""
    return str(dig(engine, "spec", "engineState") or "active")


def engine_status(engine: Object) -> str:
    return str(dig(engine, "status", "engineStatus") or "")


def entry(engine: Object, experiment: str, pod: str, status: str, verdict: str, now: str) -> Object:
    return {
        "name": experiment,
        "runner": runner_name(name_of(engine)),
        "experimentPod": pod,
        "status": status,
        "verdict": verdict,
        "lastUpdateTime": now,
    }


def with_entry(engine: Object, new: Object) -> list[Object]:
    """The engine's experiments with this one put in place of the older one of its name."""
    known = dig(engine, "status", "experiments") or []
    if any(one["name"] == new["name"] for one in known):
        return [new if one["name"] == new["name"] else one for one in known]
    return [*known, new]


def aborted(engine: Object, now: str) -> list[Object] | None:
    """Experiments that were waiting or running are now aborted; null stays null."""
    known = dig(engine, "status", "experiments")
    if known is None:
        return None
    over = {"status": ABORTED, "verdict": "Stopped", "lastUpdateTime": now}
    return [{**one, **over} if one["status"] in (WAITING, "Running") else one for one in known]


class Reporter:
    """The runner's side: reports the progress of one engine's experiments on the engine itself."""

    def __init__(self, store: Cluster, engine: Object) -> None:
        self._store, self._name, self._namespace = store, name_of(engine), namespace_of(engine)

    def engine(self) -> Object | None:
        return self._store.find(CHAOS_ENGINES, self._name, self._namespace)

    def report(self, experiment: str, status: str, verdict: str, pod: str = "N/A") -> None:
        engine = self.engine()
        if engine is None:
            return
        new = entry(engine, experiment, pod, status, verdict, timestamp(self._store.now()))
        said = {"status": {"experiments": with_entry(engine, new)}}
        self._store.patch(CHAOS_ENGINES, self._name, said, self._namespace)
