"""PodDisruptionBudgets: which pods they cover and how many may go, kept in their status."""

import math
from typing import TYPE_CHECKING

from deploy.rehearsal.store.kinds import (
    BUDGETS,
    DEPLOYMENTS,
    PODS,
    REPLICA_SETS,
    STATEFUL_SETS,
    Kind,
)
from deploy.rehearsal.store.objects import Object, dig, is_going, name_of, namespace_of, timestamp
from deploy.rehearsal.store.selectors import selector_test
from deploy.rehearsal.store.shelf import Change

if TYPE_CHECKING:
    from deploy.rehearsal.store.store import Store

_SCALED: dict[str, Kind] = {
    "ReplicaSet": REPLICA_SETS,
    "StatefulSet": STATEFUL_SETS,
    "Deployment": DEPLOYMENTS,
}


class Disruption:
    """Keeps every budget's status current, on each change of a pod, a budget or a scale."""

    def __init__(self, store: "Store") -> None:
        self._store = store
        for kind in (PODS, BUDGETS, *_SCALED.values()):
            store.subscribe(self._on_change, kind)

    def _on_change(self, change: Change) -> None:
        for budget in list(self._store.view(BUDGETS, namespace_of(change.object))):
            status = budget_status(self._store, budget)
            if status != budget.get("status"):
                self._store.update(BUDGETS, {**budget, "status": status}, subresource="status")


def is_ready(pod: Object) -> bool:
    return any(
        one.get("type") == "Ready" and one.get("status") == "True"
        for one in dig(pod, "status", "conditions") or []
    )


def covers(budget: Object, pod: Object) -> bool:
    """The budget's selector matches the pod (policy/v1: an empty selector matches every pod)."""
    return selector_test(dig(budget, "spec", "selector"))(pod["metadata"].get("labels") or {})


def budget_status(store: "Store", budget: Object) -> Object:
    """The status a disruption controller would write now."""
    namespace = namespace_of(budget)
    pods = [pod for pod in store.view(PODS, namespace) if covers(budget, pod)]
    pods = [pod for pod in pods if dig(pod, "status", "phase") not in ("Succeeded", "Failed")]
    healthy = sum(1 for pod in pods if is_ready(pod) and not is_going(pod))
    expected, desired = _wanted(store, budget, pods)
    allowed = max(0, healthy - desired) if expected > 0 else 0
    return {
        "currentHealthy": healthy,
        "desiredHealthy": desired,
        "disruptionsAllowed": allowed,
        "expectedPods": expected,
        "observedGeneration": budget["metadata"].get("generation", 1),
        "conditions": [_condition(store, budget, allowed)],
    }


def _condition(store: "Store", budget: Object, allowed: int) -> Object:
    status = "True" if allowed else "False"
    before: Object = next(iter(dig(budget, "status", "conditions") or []), {})
    since = before.get("lastTransitionTime") if before.get("status") == status else None
    return {
        "type": "DisruptionAllowed",
        "status": status,
        "reason": "SufficientPods" if allowed else "InsufficientPods",
        "message": "",
        "lastTransitionTime": since or timestamp(store.now()),
        "observedGeneration": budget["metadata"].get("generation", 1),
    }


def _wanted(store: "Store", budget: Object, pods: list[Object]) -> tuple[int, int]:
    """(expected pods, healthy pods needed)"""
    spec = budget.get("spec") or {}
    if "maxUnavailable" in spec:
        expected = _scale(store, pods)
        return expected, max(0, expected - _share(spec["maxUnavailable"], expected))
    least = spec.get("minAvailable", 1)
    expected = len(pods) if isinstance(least, int) else _scale(store, pods)
    return expected, _share(least, expected)


def _share(amount: int | str, whole: int) -> int:
    """An int, or a percentage rounded up as the disruption controller does."""
    if isinstance(amount, int):
        return amount
    return math.ceil(int(amount.rstrip("%")) * whole / 100)


def _scale(store: "Store", pods: list[Object]) -> int:
    """Sum of the replicas asked of the pods' controllers; a pod without one counts as itself."""
    scales: dict[str, int] = {}
    for pod in pods:
        top = _controller(store, pod)
        scales[top["metadata"]["uid"]] = int(dig(top, "spec", "replicas") or 0) if top is not pod else 1
    return sum(scales.values())


def _controller(store: "Store", obj: Object) -> Object:
    for reference in obj["metadata"].get("ownerReferences") or []:
        kind = _SCALED.get(reference.get("kind", ""))
        if kind and reference.get("controller"):
            owner = store.find(kind, reference["name"], namespace_of(obj))
            if owner and owner["metadata"]["uid"] == reference["uid"]:
                return _controller(store, owner)
    return obj


def budgets_of(store: "Store", pod: Object) -> list[Object]:
    """The budgets that cover a pod, with their names in order."""
    found = [one for one in store.view(BUDGETS, namespace_of(pod)) if covers(one, pod)]
    return sorted(found, key=name_of)
