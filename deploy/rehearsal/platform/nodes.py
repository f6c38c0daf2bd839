"""What the node controllers do: heartbeats, the taints that follow a cordon, a pressure and silence, and
NoExecute."""

from deploy.rehearsal.platform.absences import UNREACHABLE, Absences, is_lost
from deploy.rehearsal.platform.facts import has_condition
from deploy.rehearsal.platform.fitting import bears
from deploy.rehearsal.platform.recorder import Recorder
from deploy.rehearsal.platform.troubles import Troubles
from deploy.rehearsal.platform.writing import set_status
from deploy.rehearsal.store import NODES, PODS, Cluster, Object
from deploy.rehearsal.store.objects import dig, is_going, name_of, namespace_of, timestamp

HEARTBEAT = 10.0  # seconds
CORDONED = "node.kubernetes.io/unschedulable"
PRESSURES = {
    "MemoryPressure": "node.kubernetes.io/memory-pressure",
    "DiskPressure": "node.kubernetes.io/disk-pressure",
}
LINGERS = 10.0
"""Seconds that a pressure stays up after what caused it; a real kubelet's is five minutes."""


class Pressures:
    """The kubelets' part: their conditions say what the nodes are short of."""

    def __init__(self, store: Cluster, troubles: Troubles) -> None:
        self._store, self._troubles = store, troubles
        self._pressed_until: dict[tuple[str, str], float] = {}

    def tick(self, now: float) -> None:
        for node in list(self._store.view(NODES)):
            if not self._troubles.is_down(name_of(node)):
                self._press(node, now)

    def _press(self, node: Object, now: float) -> None:
        name = name_of(node)
        for effect in self._troubles.node_effects[name].values():
            if effect.pressure:
                self._pressed_until[name, effect.pressure] = now + LINGERS
        wrong = {kind for kind in PRESSURES if self._is_pressed(name, kind, now) != has_condition(node, kind)}
        if wrong:
            said = [self._turned(one, wrong) for one in node["status"]["conditions"]]
            set_status(self._store, NODES, node, {"conditions": said})

    def _is_pressed(self, name: str, kind: str, now: float) -> bool:
        return now < self._pressed_until.get((name, kind), 0.0)

    def _turned(self, one: Object, kinds: set[str]) -> Object:
        if one["type"] not in kinds:
            return one
        status = "False" if one["status"] == "True" else "True"
        return {**one, "status": status, "lastTransitionTime": timestamp(self._store.now())}


class Nodes:
    """A node under pressure takes no new pods. None is evicted for it: memory and disk of pods are not
    modelled."""

    def __init__(self, store: Cluster, troubles: Troubles) -> None:
        self._store, self._troubles = store, troubles
        self._pressures, self._absences = Pressures(store, troubles), Absences(store, troubles)
        self._recorder = Recorder(store, "node-controller")
        self._next_beat = 0.0

    def tick(self, now: float) -> None:
        self._absences.tick(now)
        self._pressures.tick(now)
        for node in list(self._store.view(NODES)):
            self._taint(node)
            self._drive_off(node)
        if now >= self._next_beat:
            self._next_beat = now + HEARTBEAT
            for node in list(self._store.view(NODES)):
                if not self._troubles.is_down(name_of(node)):
                    self._beat(node)

    def _taint(self, node: Object) -> None:
        taints = dig(node, "spec", "taints") or []
        due = {key for kind, key in PRESSURES.items() if has_condition(node, kind)}
        due |= {CORDONED} if dig(node, "spec", "unschedulable") else set()
        due |= {UNREACHABLE} if is_lost(node) else set()
        ours = {CORDONED, UNREACHABLE, *PRESSURES.values()}
        known = {taint["key"] for taint in taints} & ours
        if due == known:
            return
        rest = [taint for taint in taints if taint["key"] not in ours - due]
        at = timestamp(self._store.now())
        new = [{"key": key, "effect": "NoSchedule", "timeAdded": at} for key in sorted(due - known)]
        self._store.patch(NODES, name_of(node), {"spec": {"taints": [*rest, *new] or None}})

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
