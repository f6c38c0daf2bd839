"""Whether a node takes a pod, and if not, why. Pure functions, for the scheduler."""

from collections.abc import Iterable

from deploy.rehearsal.platform.facts import is_ready, labels, phase
from deploy.rehearsal.store import Object
from deploy.rehearsal.store.objects import dig, is_going


def obstacle(node: Object, pod: Object) -> str:
    """What keeps the pod off the node whatever runs there; empty where nothing does."""
    if is_going(node) or not is_ready(node):
        return "node(s) were not ready"
    if dig(node, "spec", "unschedulable"):
        return "node(s) were unschedulable"
    wanted = dig(pod, "spec", "nodeSelector") or {}
    if any(labels(node).get(key) != value for key, value in wanted.items()):
        return "node(s) didn't match Pod's node affinity/selector"
    for taint in dig(node, "spec", "taints") or []:
        if taint["effect"] != "PreferNoSchedule" and not bears(pod, taint):
            return f"node(s) had untolerated taint {{{taint['key']}: {taint.get('value') or ''}}}"
    return ""


def liking(node: Object, pod: Object) -> int:
    """How much the pod would rather be on this node than on another: the weights of its preferences (`In`
    alone) that the node meets, summed up. It keeps the pod off none."""
    preferred = "preferredDuringSchedulingIgnoredDuringExecution"
    wishes = dig(pod, "spec", "affinity", "nodeAffinity", preferred) or []
    return sum(int(one["weight"]) for one in wishes if _meets(node, one["preference"]))


def _meets(node: Object, term: Object) -> bool:
    asked = term.get("matchExpressions") or []
    return bool(asked) and all(
        one["operator"] == "In" and labels(node).get(one["key"]) in one["values"] for one in asked
    )


def bears(pod: Object, taint: Object) -> bool:
    """The pod tolerates the taint."""
    return any(_tolerates(one, taint) for one in dig(pod, "spec", "tolerations") or [])


def _tolerates(toleration: Object, taint: Object) -> bool:
    if toleration.get("effect") not in (None, "", taint["effect"]):
        return False
    if toleration.get("operator") == "Exists":
        return toleration.get("key") in (None, "", taint["key"])
    return bool(toleration.get("key") == taint["key"] and toleration.get("value") == taint.get("value"))


def cores(pod: Object) -> float:
    """CPU that the pod's containers ask for."""
    asked = [dig(one, "resources", "requests", "cpu") for one in dig(pod, "spec", "containers") or []]
    return sum(quantity(one) for one in asked if one)


def has_room(node: Object, pod: Object, there: Iterable[Object]) -> bool:
    """CPU only. Pods that are ending still hold theirs; finished ones do not."""
    taken = sum(cores(other) for other in there if phase(other) not in ("Succeeded", "Failed"))
    return taken + cores(pod) <= quantity(dig(node, "status", "allocatable", "cpu") or "0")


_UNITS = {"m": 0.001, "k": 1e3, "M": 1e6, "G": 1e9, "Ki": 2.0**10, "Mi": 2.0**20, "Gi": 2.0**30}


def quantity(text: object) -> float:
    """`500m`, `512Mi`, `3`."""
    number = str(text)
    for unit in sorted(_UNITS, key=len, reverse=True):
        if number.endswith(unit):
            return float(number.removesuffix(unit)) * _UNITS[unit]
    return float(number)
