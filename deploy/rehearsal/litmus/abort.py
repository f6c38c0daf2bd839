"""Stop and delete: the same sweep by chaosUID. It waits for pods to end; it reverts nothing itself."""

from collections.abc import Generator

from deploy.rehearsal.litmus import status
from deploy.rehearsal.litmus.labels import FINALIZER, delete_all, remaining
from deploy.rehearsal.litmus.results import Results
from deploy.rehearsal.platform.recorder import Recorder
from deploy.rehearsal.store import CHAOS_ENGINES, Cluster, Object
from deploy.rehearsal.store.objects import dig, is_going, name_of, namespace_of, timestamp

TRIES = 181  # one second apart, in the worker's own time


class Failed(Exception):
    """This reconcile did not succeed; the engine is tried again later."""


def run(store: Cluster, engine: Object, recorder: Recorder) -> Generator[float, None, None]:
    """Raises Failed where pods remain after three minutes: the finalizer stays, a later try begins anew."""
    grace = int(dig(engine, "spec", "terminationGracePeriodSeconds") or 0)
    delete_all(store, engine, **({"grace": grace} if grace else {}))
    for _ in range(TRIES):
        if not remaining(store, engine):
            break
        yield 1.0
    else:
        message = "(chaos stop) Unable to delete chaos experiment resources"
        recorder.record(engine, "ChaosResourcesOperationFailed", message, warning=True)
        raise Failed(message)
    for one in dig(engine, "spec", "experiments") or []:
        Results(store, engine, one["name"]).fold(relabel=True)
    _finish(store, engine, recorder)


def _finish(store: Cluster, old: Object, recorder: Recorder) -> None:
    engine = store.find(CHAOS_ENGINES, name_of(old), namespace_of(old))
    if engine is None or engine["metadata"]["uid"] != old["metadata"]["uid"]:
        return
    rest = [one for one in engine["metadata"].get("finalizers") or [] if one != FINALIZER]
    engine["metadata"]["finalizers"] = rest
    known = engine.setdefault("status", {})
    known["engineStatus"] = "stopped"
    known["experiments"] = status.aborted(engine, timestamp(store.now()))
    recorder.record(engine, "ChaosEngineStopped", "Chaos resources deleted successfully")
    if not is_going(engine):
        engine["spec"]["engineState"] = "stop"
    store.update(CHAOS_ENGINES, engine)
