"""node-drain: what `kubectl drain` and `kubectl uncordon` do, called from go-runner."""

from deploy.rehearsal.litmus.experiment import Chaos, Failed, Waits
from deploy.rehearsal.litmus.faults.on_api import OnNode
from deploy.rehearsal.platform.facts import controller_name
from deploy.rehearsal.store import NODES, PODS, ApiError, Object
from deploy.rehearsal.store.objects import is_going, name_of, namespace_of

RETRY = 5  # seconds before a pod that its budget holds back is asked for again
CHECK = 2.0  # seconds that the check of the application takes
ABORT, UNCORDON_EVERY = 9, 3  # seconds that an abort lasts, and between its tries


class NodeDrain(OnNode):
    """It uncordons at its end, also a node that somebody else had cordoned before."""

    name = "node-drain"

    def __init__(self) -> None:
        super().__init__()
        self.waiting: set[str] = set()  # uids of what kubectl still wants evicted

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

    def revert(self, chaos: Chaos) -> Waits:
        """kubectl is a child of its own: from a node that is schedulable again it goes on evicting, until
        the experiment's pod has ended."""
        for second in range(ABORT):
            if second % UNCORDON_EVERY == 0:
                self.undo(chaos)
            yield 1.0
            if (second + 1) % RETRY == 0:
                self._ask_all(chaos)
        self.note(chaos, "reverted")

    def _drain(self, chaos: Chaos) -> Waits:
        """Cordon, evict, wait until all are gone. Budgets are asked, and asked again; a pod without a
        controller goes by force, for good."""
        chaos.store.patch(NODES, self.node, {"spec": {"unschedulable": True}})
        self.waiting = {pod["metadata"]["uid"] for pod in self._pods(chaos)}
        for second in range(max(1, chaos.duration)):
            if not self._still_here(chaos):
                return
            if second % RETRY == 0:
                self._ask_all(chaos)
            yield 1.0
        raise Failed("CHAOS_INJECT_ERROR", f"drain of {self.node} did not end within its timeout")

    def _still_here(self, chaos: Chaos) -> list[Object]:
        return [pod for pod in self._pods(chaos) if pod["metadata"]["uid"] in self.waiting]

    def _ask_all(self, chaos: Chaos) -> None:
        for pod in self._still_here(chaos):
            _ask(chaos, pod)

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
