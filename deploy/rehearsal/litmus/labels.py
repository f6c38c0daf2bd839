"""Names and labels by which Litmus finds its own again."""

from typing import Any

from deploy.rehearsal.platform.facts import labels
from deploy.rehearsal.store import JOBS, PODS, Cluster, Object
from deploy.rehearsal.store.objects import name_of, namespace_of

FINALIZER = "chaosengine.litmuschaos.io/finalizer"
RUNNER_IMAGE = "litmuschaos/chaos-runner"
EXPERIMENT_IMAGE = "litmuschaos/go-runner"


def uid_label(engine: Object) -> dict[str, str]:
    return {"chaosUID": engine["metadata"]["uid"]}


def runner_name(engine_name: str) -> str:
    return f"{engine_name}-runner"


def result_name(engine_name: str, experiment: str) -> str:
    return f"{engine_name}-{experiment}"


def belongings(engine: Object, definition_labels: dict[str, str]) -> dict[str, str]:
    """Labels of an experiment's Job and pod, and of its result."""
    return {**definition_labels, **labels(engine), **uid_label(engine)}


def placing(components: Object) -> Object:
    """Where a pod may run, as the engine's components say: the rest of them is not for the scheduler."""
    return {key: components[key] for key in ("nodeSelector", "tolerations") if components.get(key)}


def delete_all(store: Cluster, engine: Object, **options: Any) -> None:
    """DeleteCollection of the engine's Jobs, then of its pods."""
    selector, namespace = f"chaosUID={engine['metadata']['uid']}", namespace_of(engine)
    store.delete_all(JOBS, namespace, labels=selector, propagation="Background")
    store.delete_all(PODS, namespace, labels=selector, **options)


def remaining(store: Cluster, engine: Object) -> list[str]:
    selector = f"chaosUID={engine['metadata']['uid']}"
    return [name_of(pod) for pod in store.view(PODS, namespace_of(engine), labels=selector)]
