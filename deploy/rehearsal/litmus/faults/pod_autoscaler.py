"""pod-autoscaler: the workload gets REPLICA_COUNT replicas, and its own number back at the end."""

from deploy.rehearsal.litmus.experiment import Chaos, Failed, Waits
from deploy.rehearsal.litmus.faults.on_api import OnApi, workload_of
from deploy.rehearsal.litmus.targets import NoTarget
from deploy.rehearsal.store import DEPLOYMENTS, STATEFUL_SETS, Kind, Object
from deploy.rehearsal.store.objects import dig, name_of

KINDS = {"deployment": DEPLOYMENTS, "statefulset": STATEFUL_SETS}
DELAY = 2  # seconds between looks


class PodAutoscaler(OnApi):
    """Where the new replicas are not ready within the duration, it scales back at once and has failed."""

    name = "pod-autoscaler"

    def __init__(self) -> None:
        super().__init__()
        self._before: dict[str, int] = {}
        self._kind: Kind = DEPLOYMENTS
        self._namespace = ""

    def look(self, chaos: Chaos) -> None:
        if not self._workloads(chaos):
            raise NoTarget

    def inject(self, chaos: Chaos) -> Waits:
        wanted = chaos.settings.integer("REPLICA_COUNT")
        chaos.say("ChaosInject", f"Injecting {self.name} chaos on application pod")
        self._before = {name_of(one): int(one["spec"]["replicas"]) for one in self._workloads(chaos)}
        self.touched = [(self._kind.kind.lower(), name) for name in self._before]
        for name in self._before:
            self._scale(chaos, name, wanted)
        for waited in range(0, max(DELAY, chaos.duration), DELAY):
            if all(self._ready(chaos, name) == wanted for name in self._before):
                yield float(max(0, chaos.duration - waited))
                break
            yield float(DELAY)
        else:
            self.undo(chaos)
            self.note(chaos, "reverted")
            raise Failed("CHAOS_INJECT_ERROR", f"failed to scale to {wanted} replicas")
        self.undo(chaos)
        self.note(chaos, "reverted")

    def undo(self, chaos: Chaos) -> None:
        for name, replicas in self._before.items():
            self._scale(chaos, name, replicas)

    def _workloads(self, chaos: Chaos) -> list[Object]:
        target = workload_of(chaos)
        self._kind, self._namespace = KINDS.get(target.kind, DEPLOYMENTS), target.namespace
        return list(chaos.store.view(self._kind, target.namespace, labels=target.filter[0]))

    def _scale(self, chaos: Chaos, name: str, replicas: int) -> None:
        if chaos.store.find(self._kind, name, self._namespace):
            chaos.store.patch(self._kind, name, {"spec": {"replicas": replicas}}, self._namespace)

    def _ready(self, chaos: Chaos, name: str) -> int:
        found = chaos.store.find(self._kind, name, self._namespace)
        return int(dig(found, "status", "readyReplicas") or 0)
