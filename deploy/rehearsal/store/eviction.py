"""Eviction: a delete that asks the pod's disruption budget first."""

from typing import TYPE_CHECKING

from deploy.rehearsal.store.disruption import budget_status, budgets_of, is_ready
from deploy.rehearsal.store.errors import ApiError
from deploy.rehearsal.store.kinds import PODS
from deploy.rehearsal.store.objects import Object, dig, is_going, name_of, timestamp
from deploy.rehearsal.store.writes import Write

if TYPE_CHECKING:
    from deploy.rehearsal.store.store import Store


def evict(
    store: "Store", name: str, namespace: str, options: Object | None = None, *, dry_run: bool = False
) -> None:
    """`options` are DeleteOptions. ApiError 429 where the budget is used up, 500 where the pod has two."""
    pod, options = store.get(PODS, name, namespace), options or {}
    wanted = options.get("preconditions") or {}
    grace = options.get("gracePeriodSeconds")
    store.delete(  # preconditions first
        PODS,
        name,
        namespace,
        uid=wanted.get("uid"),
        resource_version=wanted.get("resourceVersion"),
        grace=grace,
        how=Write(dry_run=True),
    )
    if not _needs_no_budget(pod):
        _ask_budgets(store, pod)
    if not dry_run and options.get("dryRun") != ["All"]:
        _mark(store, pod)
        store.delete(PODS, name, namespace, grace=grace)


def _needs_no_budget(pod: Object) -> bool:
    return is_going(pod) or dig(pod, "status", "phase") in ("Pending", "Succeeded", "Failed")


def _ask_budgets(store: "Store", pod: Object) -> None:
    budgets = budgets_of(store, pod)
    if len(budgets) > 1:
        said = (
            "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."
        )
        raise ApiError(500, "InternalError", said)
    for budget in budgets:
        status = budget_status(store, budget)
        if not _may_go(budget, status, pod):
            raise _refused(budget, status)


def _may_go(budget: Object, status: Object, pod: Object) -> bool:
    if status["disruptionsAllowed"] > 0:
        return True
    if is_ready(pod):
        return False
    policy = dig(budget, "spec", "unhealthyPodEvictionPolicy")
    enough = status["currentHealthy"] >= status["desiredHealthy"] > 0
    return bool(policy == "AlwaysAllow" or enough)


def _refused(budget: Object, status: Object) -> ApiError:
    message = (
        f"The disruption budget {name_of(budget)} needs {status['desiredHealthy']} healthy pods "
        f"and has {status['currentHealthy']} currently"
    )
    causes = [{"reason": "DisruptionBudget", "message": message}]
    said = "Cannot evict pod as it would violate the pod's disruption budget."
    return ApiError(429, "TooManyRequests", said, {"causes": causes})


def _mark(store: "Store", pod: Object) -> None:
    """The condition by which controllers and people see why the pod went."""
    condition = {
        "type": "DisruptionTarget",
        "status": "True",
        "reason": "EvictionByEvictionAPI",
        "message": "Eviction API: evicting",
        "lastTransitionTime": timestamp(store.now()),
    }
    others = [one for one in dig(pod, "status", "conditions") or [] if one.get("type") != "DisruptionTarget"]
    pod["status"] = {**(pod.get("status") or {}), "conditions": [*others, condition]}
    store.update(PODS, pod, subresource="status")
