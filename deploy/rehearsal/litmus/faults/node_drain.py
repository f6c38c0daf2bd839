"""node-drain: what `kubectl drain` and `kubectl uncordon` do, called from go-runner."""

from deploy.rehearsal.litmus.experiment import Chaos, Failed, Waits
from deploy.rehearsal.litmus.faults.on_api import OnNode
from deploy.rehearsal.platform.facts import controller_name
from deploy.rehearsal.store import NODES, PODS, ApiError, Object
from deploy.rehearsal.store.objects import is_going, name_of, namespace_of

RETRY = 5  # seconds before a pod that its budget holds back is asked for again
CHECK = 2.0  # seconds that the check of the application takes


class NodeDrain(OnNode):
    """It uncordons at its end, also a node that somebody else had cordoned before."""

    name = "node-drain"

    def inject(self, chaos: Chaos) -> Waits:
        self.found(chaos)
        chaos.say("ChaosInject", f"Injecting node-drain chaos on {self.node} node")
        self.touched = [("node", self.node)]
        try:
            yield from self._drain(chaos)
        except Failed:
            self.undo(chaos)
            raise
        yield CHECK
        yield float(chaos.duration)
        self.undo(chaos)
        self.note(chaos, "reverted")

    def undo(self, chaos: Chaos) -> None:
        if self.touched and chaos.store.find(NODES, self.node):
            chaos.store.patch(NODES, self.node, {"spec": {"unschedulable": None}})

    def _drain(self, chaos: Chaos) -> Waits:
        """Cordon, evict, wait until all are gone. Budgets are asked, and asked again; a pod without a
        controller goes by force, for good."""
        chaos.store.patch(NODES, self.node, {"spec": {"unschedulable": True}})
        waiting = {pod["metadata"]["uid"] for pod in self._pods(chaos)}
        for second in range(max(1, chaos.duration)):
            here = [pod for pod in self._pods(chaos) if pod["metadata"]["uid"] in waiting]
            if not here:
                return
            if second % RETRY == 0:
                for pod in here:
                    _ask(chaos, pod)
            yield 1.0
        raise Failed("CHAOS_INJECT_ERROR", f"drain of {self.node} did not end within its timeout")

    def _pods(self, chaos: Chaos) -> list[Object]:
        found = chaos.store.view(PODS, fields=f"spec.nodeName={self.node}")
        return [pod for pod in found if not controller_name(pod).startswith("DaemonSet/")]


def _ask(chaos: Chaos, pod: Object) -> None:
    if is_going(pod):
        return
    try:
        chaos.store.evict(name_of(pod), namespace_of(pod))
    except ApiError as error:
        if error.code not in (404, 429):
            raise
