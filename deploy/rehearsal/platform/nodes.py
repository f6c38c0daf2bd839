"""What the node controllers do: heartbeats, the taint that follows a cordon, and NoExecute taints."""

from deploy.rehearsal.platform.fitting import bears
from deploy.rehearsal.platform.recorder import Recorder
from deploy.rehearsal.platform.writing import set_status
from deploy.rehearsal.store import NODES, PODS, Object, Store
from deploy.rehearsal.store.objects import dig, is_going, name_of, namespace_of, timestamp

HEARTBEAT = 10.0  # seconds
CORDONED = "node.kubernetes.io/unschedulable"


class Nodes:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._recorder = Recorder(store, "node-controller")
        self._next_beat = 0.0

    def tick(self, now: float) -> None:
        for node in list(self._store.view(NODES)):
            self._taint(node)
            self._drive_off(node)
        if now >= self._next_beat:
            self._next_beat = now + HEARTBEAT
            for node in list(self._store.view(NODES)):
                self._beat(node)

    def _taint(self, node: Object) -> None:
        taints = dig(node, "spec", "taints") or []
        cordoned = bool(dig(node, "spec", "unschedulable"))
        tainted = any(taint["key"] == CORDONED for taint in taints)
        if cordoned == tainted:
            return
        rest = [taint for taint in taints if taint["key"] != CORDONED]
        mark = {"key": CORDONED, "effect": "NoSchedule", "timeAdded": timestamp(self._store.now())}
        wanted = [*rest, mark] if cordoned else rest
        self._store.patch(NODES, name_of(node), {"spec": {"taints": wanted or None}})

    def _drive_off(self, node: Object) -> None:
        """Deletes the pods that do not bear a NoExecute taint: at once, whatever their budgets say."""
        taints = [one for one in dig(node, "spec", "taints") or [] if one["effect"] == "NoExecute"]
        if not taints:
            return
        for pod in list(self._store.view(PODS, fields=f"spec.nodeName={name_of(node)}")):
            if not is_going(pod) and not all(bears(pod, taint) for taint in taints):
                message = f"Marking for deletion Pod {namespace_of(pod)}/{name_of(pod)}"
                self._recorder.record(pod, "TaintManagerEviction", message)
                self._store.delete(PODS, name_of(pod), namespace_of(pod))

    def _beat(self, node: Object) -> None:
        now = timestamp(self._store.now())
        conditions = [{**one, "lastHeartbeatTime": now} for one in dig(node, "status", "conditions") or []]
        set_status(self._store, NODES, node, {"conditions": conditions})
