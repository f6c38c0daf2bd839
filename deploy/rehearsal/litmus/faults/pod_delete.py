"""pod-delete: in rounds, for as long as the duration lasts, each round picking its pods afresh.

litmus-go tells of no pod: the result names at its end the workloads whose pods were killed, as `targeted`.
"""

from deploy.rehearsal.litmus.experiment import Chaos, Waits
from deploy.rehearsal.platform.facts import controller_name, labels
from deploy.rehearsal.store import DEPLOYMENTS, PODS, REPLICA_SETS, ApiError, Object
from deploy.rehearsal.store.objects import name_of, namespace_of


class PodDelete:
    name = "pod-delete"
    reads_label = False

    def __init__(self) -> None:
        self._hit: set[tuple[str, str]] = set()  # (kind, name) of workloads

    def look(self, chaos: Chaos) -> None:
        chaos.pick_pods()

    def inject(self, chaos: Chaos) -> Waits:
        """Duration 0 (also an unreadable "30s") means not one round."""
        duration = chaos.duration
        interval = max(chaos.settings.integer("CHAOS_INTERVAL", "10"), 1)
        in_turn = chaos.settings.text("SEQUENCE", "parallel").lower() == "serial"
        elapsed = 0
        while elapsed < duration:
            pods = chaos.pick_pods()
            chaos.say("ChaosInject", "Injecting pod-delete chaos on application pod")
            for pod in pods:
                self._kill(chaos, pod)
                if in_turn:
                    yield float(interval)
                    elapsed += interval
            if not in_turn:
                yield float(interval)
                elapsed += interval
        self._tell(chaos)

    def revert(self, chaos: Chaos) -> Waits:
        """What was killed stays killed, and its owner replaces it."""
        self._tell(chaos)
        yield from ()

    def _tell(self, chaos: Chaos) -> None:
        for kind, name in sorted(self._hit):
            chaos.results.note(kind, name, "targeted")

    def _kill(self, chaos: Chaos, pod: Object) -> None:
        grace = 0 if chaos.settings.flag("FORCE") else None
        if owner := workload_of(pod):
            self._hit.add(owner)
        try:
            chaos.store.delete(PODS, name_of(pod), namespace_of(pod), grace=grace)
        except ApiError as error:
            if error.code != 404:
                raise


def workload_of(pod: Object) -> tuple[str, str] | None:
    """Kind, in lower case, and name of what a pod belongs to in the end; None for a pod of nobody's."""
    kind, _, name = controller_name(pod).partition("/")
    if kind == REPLICA_SETS.kind:
        kind, name = DEPLOYMENTS.kind, name.removesuffix(f"-{labels(pod).get('pod-template-hash', '')}")
    return (kind.lower(), name) if kind else None
