"""The scheduler: pods spread over zones, then nodes, that are ready and accept them."""

from collections import Counter
from typing import Any

from deploy.rehearsal.platform.facts import controller_name, is_active, is_ready, labels
from deploy.rehearsal.platform.recorder import Recorder
from deploy.rehearsal.platform.writing import set_status
from deploy.rehearsal.store import NODES, PODS, Object, Store
from deploy.rehearsal.store.objects import dig, is_going, name_of, namespace_of, timestamp

ZONE = "topology.kubernetes.io/zone"


class Scheduler:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._recorder = Recorder(store, "default-scheduler")

    def tick(self, now: float) -> None:
        for pod in list(self._store.view(PODS)):
            if not dig(pod, "spec", "nodeName") and is_active(pod):
                self._place(pod)

    def _place(self, pod: Object) -> None:
        nodes = list(self._store.view(NODES))
        fitting = [node for node in nodes if accepts(node, pod)]
        if not fitting:
            self._refuse(pod, len(nodes))
            return
        node = min(fitting, key=self._crowding(pod, nodes))
        name, namespace = name_of(pod), namespace_of(pod)
        self._store.patch(PODS, name, {"spec": {"nodeName": name_of(node)}}, namespace)
        scheduled = {"type": "PodScheduled", "status": "True", "lastTransitionTime": self._stamp()}
        set_status(self._store, PODS, pod, {"conditions": [scheduled]})
        self._recorder.record(
            pod, "Scheduled", f"Successfully assigned {namespace}/{name} to {name_of(node)}"
        )

    def _crowding(self, pod: Object, nodes: list[Object]) -> Any:
        """Fewest siblings in the zone, then on the node, then fewest pods at all, then by name."""
        zones = {name_of(node): labels(node).get(ZONE, "") for node in nodes}
        owner = controller_name(pod)
        siblings: Counter[str] = Counter()
        everyone: Counter[str] = Counter()
        for other in self._store.view(PODS):
            where = dig(other, "spec", "nodeName")
            if where and is_active(other):
                everyone[where] += 1
                siblings[where] += controller_name(other) == owner and namespace_of(other) == namespace_of(
                    pod
                )
        in_zone: Counter[str] = Counter()
        for where, count in siblings.items():
            in_zone[zones.get(where, "")] += count

        def crowding(node: Object) -> tuple[int, int, int, str]:
            name = name_of(node)
            return in_zone[zones[name]], siblings[name], everyone[name], name

        return crowding

    def _refuse(self, pod: Object, nodes: int) -> None:
        message = f"0/{nodes} nodes are available: {nodes} node(s) were unschedulable or not ready."
        known = dig(pod, "status", "conditions") or []
        if any(one.get("message") == message for one in known):
            return
        refused = {
            "type": "PodScheduled",
            "status": "False",
            "reason": "Unschedulable",
            "message": message,
            "lastTransitionTime": self._stamp(),
        }
        set_status(self._store, PODS, pod, {"conditions": [refused]})
        self._recorder.record(pod, "FailedScheduling", message, warning=True)

    def _stamp(self) -> str:
        return timestamp(self._store.now())


def accepts(node: Object, pod: Object) -> bool:
    """The node is ready, is not cordoned, has what the pod selects, and no taint the pod does not bear."""
    if is_going(node) or not is_ready(node) or dig(node, "spec", "unschedulable"):
        return False
    wanted = dig(pod, "spec", "nodeSelector") or {}
    if any(labels(node).get(key) != value for key, value in wanted.items()):
        return False
    tolerations = dig(pod, "spec", "tolerations") or []
    taints = dig(node, "spec", "taints") or []
    return all(
        taint["effect"] == "PreferNoSchedule" or any(_bears(one, taint) for one in tolerations)
        for taint in taints
    )


def _bears(toleration: Object, taint: Object) -> bool:
    if toleration.get("effect") not in (None, "", taint["effect"]):
        return False
    if toleration.get("operator") == "Exists":
        return toleration.get("key") in (None, "", taint["key"])
    return bool(toleration.get("key") == taint["key"] and toleration.get("value") == taint.get("value"))
