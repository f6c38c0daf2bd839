"""What can be read off a pod or node, in one place. Pure functions on objects in wire form."""

from collections.abc import Iterable
from typing import Any

from deploy.rehearsal.store import Kind, Object
from deploy.rehearsal.store.objects import dig, is_going

STARTUP = "rehearsal/startup-seconds"
SHUTDOWN = "rehearsal/shutdown-seconds"


def labels(obj: Object) -> dict[str, str]:
    return dict(obj["metadata"].get("labels") or {})


def annotation_seconds(pod: Object, key: str, default: float) -> float:
    """A number of seconds from the pod's annotations; the default where it is missing or no number."""
    text = (pod["metadata"].get("annotations") or {}).get(key)
    try:
        return float(text) if text is not None else default
    except ValueError:
        return default


def phase(pod: Object) -> str:
    return str(dig(pod, "status", "phase") or "Pending")


def restarts(pod: Object) -> int:
    """Of its first container."""
    return int((dig(pod, "status", "containerStatuses") or [{}])[0].get("restartCount") or 0)


def is_active(pod: Object) -> bool:
    """Counts towards its owner's replicas: neither finished nor on its way out."""
    return not is_going(pod) and phase(pod) not in ("Succeeded", "Failed")


def has_condition(obj: Object, kind: str) -> bool:
    conditions = dig(obj, "status", "conditions") or []
    return any(one["type"] == kind and one["status"] == "True" for one in conditions)


def is_ready(obj: Object) -> bool:
    return has_condition(obj, "Ready")


def is_serving(pod: Object) -> bool:
    """In the endpoints of its services: Ready, and not being deleted."""
    return is_ready(pod) and not is_going(pod)


def owner_reference(kind: Kind, owner: Object) -> dict[str, Any]:
    return {
        "apiVersion": kind.api_version,
        "kind": kind.kind,
        "name": owner["metadata"]["name"],
        "uid": owner["metadata"]["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }


def controller_uid(obj: Object) -> str:
    """UID of the object's controller, "" where it has none."""
    references = obj["metadata"].get("ownerReferences") or []
    return next((str(one["uid"]) for one in references if one.get("controller")), "")


def controller_name(obj: Object) -> str:
    references = obj["metadata"].get("ownerReferences") or []
    return next((f"{one['kind']}/{one['name']}" for one in references if one.get("controller")), "")


def owned(objects: Iterable[Object], owner: Object) -> list[Object]:
    uid = owner["metadata"]["uid"]
    return [obj for obj in objects if controller_uid(obj) == uid]


def condition(kind: str, value: bool, at: str, reason: str = "", message: str = "") -> dict[str, str]:
    made = {"type": kind, "status": "True" if value else "False", "lastTransitionTime": at}
    return made | ({"reason": reason} if reason else {}) | ({"message": message} if message else {})


def pod_from_template(template: Object, name: str, namespace: str, owner: dict[str, Any]) -> Object:
    """A pod as a controller makes it; a name that ends in a dash is completed by the server."""
    meta = dict(template.get("metadata") or {})
    naming = {"generateName": name} if name.endswith("-") else {"name": name}
    return {
        "metadata": {**meta, **naming, "namespace": namespace, "ownerReferences": [owner]},
        "spec": template["spec"],
    }
