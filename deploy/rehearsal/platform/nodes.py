"""What the node controllers do: heartbeats, and the taint that follows a cordon."""

from deploy.rehearsal.platform.writing import set_status
from deploy.rehearsal.store import NODES, Object, Store
from deploy.rehearsal.store.objects import dig, name_of, timestamp

HEARTBEAT = 10.0  # seconds
CORDONED = "node.kubernetes.io/unschedulable"


class Nodes:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._next_beat = 0.0

    def tick(self, now: float) -> None:
        for node in list(self._store.view(NODES)):
            self._taint(node)
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

    def _beat(self, node: Object) -> None:
        now = timestamp(self._store.now())
        conditions = [{**one, "lastHeartbeatTime": now} for one in dig(node, "status", "conditions") or []]
        set_status(self._store, NODES, node, {"conditions": conditions})
