"""Eviction: a delete that asks the pod's disruption budget first."""

from deploy.rehearsal.api.http import Answer
from deploy.rehearsal.store import PODS, ApiError, Object, Store
from deploy.rehearsal.store.disruption import budget_status, budgets_of, is_ready
from deploy.rehearsal.store.objects import dig, is_going, name_of, timestamp
from deploy.rehearsal.store.store import Write


def evict(store: Store, name: str, namespace: str, eviction: Object, dry_run: bool) -> Answer:
    """201 and the pod is going; ApiError 429 where its budget is used up, 500 where it has two."""
    pod = store.get(PODS, name, namespace)
    options = eviction.get("deleteOptions") or {}
    dry = dry_run or options.get("dryRun") == ["All"]
    wanted = options.get("preconditions") or {}
    deletion = {
        "uid": wanted.get("uid"),
        "resource_version": wanted.get("resourceVersion"),
        "grace": options.get("gracePeriodSeconds"),
    }
    store.delete(PODS, name, namespace, **deletion, how=Write(dry_run=True))  # preconditions first
    if not _needs_no_budget(pod):
        _ask_budgets(store, pod)
    if not dry:
        _mark(store, pod)
        store.delete(PODS, name, namespace, grace=deletion["grace"])
    return Answer(
        {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}, 201
    )


def _needs_no_budget(pod: Object) -> bool:
    return is_going(pod) or dig(pod, "status", "phase") in ("Pending", "Succeeded", "Failed")


def _ask_budgets(store: Store, pod: Object) -> None:
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


def _mark(store: Store, pod: Object) -> None:
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
