"""The scheduler: pods go where they would rather be, and there spread over zones, then nodes, with room."""

from collections import Counter
from typing import Any

from deploy.rehearsal.platform.facts import controller_name, is_active, labels
from deploy.rehearsal.platform.fitting import has_room, liking, obstacle
from deploy.rehearsal.platform.recorder import Recorder
from deploy.rehearsal.platform.writing import set_status
from deploy.rehearsal.store import NODES, PODS, Cluster, Object
from deploy.rehearsal.store.objects import dig, name_of, namespace_of, timestamp

ZONE = "topology.kubernetes.io/zone"
ZONAL_VOLUME = "rehearsal/zonal-volume"
"""Annotation of a StatefulSet's pods whose disks stay in the zone where they were first placed."""


class Scheduler:
    def __init__(self, store: Cluster) -> None:
        self._store = store
        self._recorder = Recorder(store, "default-scheduler")
        self._volumes: dict[tuple[str, str], str] = {}  # pod -> zone of its disk

    def tick(self, now: float) -> None:
        for pod in list(self._store.view(PODS)):
            if not dig(pod, "spec", "nodeName") and is_active(pod):
                self._place(pod)

    def _place(self, pod: Object) -> None:
        nodes = list(self._store.view(NODES))
        obstacles = {name_of(node): self._obstacle(node, pod) for node in nodes}
        fitting = [node for node in nodes if not obstacles[name_of(node)]]
        if not fitting:
            self._refuse(pod, Counter(obstacles.values()))
            return
        node = min(fitting, key=self._crowding(pod, nodes))
        name, namespace = name_of(pod), namespace_of(pod)
        self._store.patch(PODS, name, {"spec": {"nodeName": name_of(node)}}, namespace)
        if (pod["metadata"].get("annotations") or {}).get(ZONAL_VOLUME):
            self._volumes.setdefault((namespace, name), labels(node).get(ZONE, ""))
        scheduled = {"type": "PodScheduled", "status": "True", "lastTransitionTime": self._stamp()}
        set_status(self._store, PODS, pod, {"conditions": [scheduled]})
        self._recorder.record(
            pod, "Scheduled", f"Successfully assigned {namespace}/{name} to {name_of(node)}"
        )

    def _obstacle(self, node: Object, pod: Object) -> str:
        zone = self._volumes.get((namespace_of(pod), name_of(pod)))
        if zone is not None and labels(node).get(ZONE, "") != zone:
            return "node(s) had volume node affinity conflict"
        there = self._store.view(PODS, fields=f"spec.nodeName={name_of(node)}")
        return obstacle(node, pod) or ("" if has_room(node, pod, there) else "Insufficient cpu")

    def _crowding(self, pod: Object, nodes: list[Object]) -> Any:
        """Liked best; then fewest siblings in the zone, on the node, fewest pods at all; then by name."""
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

        def crowding(node: Object) -> tuple[int, int, int, int, str]:
            name = name_of(node)
            return -liking(node, pod), in_zone[zones[name]], siblings[name], everyone[name], name

        return crowding

    def _refuse(self, pod: Object, obstacles: Counter[str]) -> None:
        why = ", ".join(f"{count} {text}" for text, count in sorted(obstacles.items()))
        message = f"0/{obstacles.total()} nodes are available: {why}."
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
