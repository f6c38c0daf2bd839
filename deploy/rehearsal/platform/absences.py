"""Nodes whose kubelets are silent: after a while the cluster takes them for lost, and their pods with them.

Nothing is evicted for it: a real cluster drives a node's pods off by a NoExecute taint after five minutes.
"""

from deploy.rehearsal.platform import containers, manifests
from deploy.rehearsal.platform.facts import is_ready
from deploy.rehearsal.platform.troubles import Troubles
from deploy.rehearsal.platform.writing import set_status
from deploy.rehearsal.store import NODES, PODS, Cluster, Object
from deploy.rehearsal.store.objects import dig, name_of, timestamp

NOTICED = 4.0  # seconds of silence; a real cluster waits for about forty
UNREACHABLE = "node.kubernetes.io/unreachable"


class Absences:
    def __init__(self, store: Cluster, troubles: Troubles) -> None:
        self._store, self._troubles = store, troubles
        self._silent_since: dict[str, float] = {}

    def tick(self, now: float) -> None:
        for node in list(self._store.view(NODES)):
            name = name_of(node)
            if not self._troubles.is_down(name):
                self._silent_since.pop(name, None)
                if is_lost(node):
                    self._find(node)
            elif now - self._silent_since.setdefault(name, now) >= NOTICED:
                self._lose(node)

    def _lose(self, node: Object) -> None:
        if not is_lost(node):
            why = {"reason": "NodeStatusUnknown", "message": "Kubelet stopped posting node status."}
            since = {"lastTransitionTime": timestamp(self._store.now())}
            told = [{**one, "status": "Unknown", **why, **since} for one in _conditions(node)]
            set_status(self._store, NODES, node, {"conditions": told})
        for pod in list(self._store.view(PODS, fields=f"spec.nodeName={name_of(node)}")):
            if is_ready(pod):
                status = containers.with_readiness(pod, timestamp(self._store.now()), ready=False)
                set_status(self._store, PODS, pod, status)

    def _find(self, node: Object) -> None:
        """Its kubelet says how it is, at once; what it is short of it finds out by its next look."""
        told = manifests.node_conditions(timestamp(self._store.now()))
        set_status(self._store, NODES, node, {"conditions": told})


def is_lost(node: Object) -> bool:
    """Nobody has heard of it for too long."""
    return any(one["type"] == "Ready" and one["status"] == "Unknown" for one in _conditions(node))


def _conditions(node: Object) -> list[Object]:
    return dig(node, "status", "conditions") or []
