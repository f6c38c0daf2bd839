"""pod-delete: in rounds, for as long as the duration lasts, each round picking its pods afresh."""

from deploy.rehearsal.litmus.experiment import Chaos, Waits
from deploy.rehearsal.store import PODS, ApiError, Object
from deploy.rehearsal.store.objects import name_of, namespace_of


class PodDelete:
    name = "pod-delete"
    reads_label = False

    def look(self, chaos: Chaos) -> None:
        chaos.pick_pods()

    def inject(self, chaos: Chaos) -> Waits:
        """Duration 0 (also an unreadable "30s") means not one round."""
        duration = chaos.duration
        interval = max(chaos.settings.integer("CHAOS_INTERVAL", "10"), 1)
        in_turn = chaos.settings.text("SEQUENCE", "parallel").lower() == "serial"
        elapsed, killed = 0, []
        while elapsed < duration:
            pods = chaos.pick_pods()
            chaos.say("ChaosInject", "Injecting pod-delete chaos on application pod")
            for pod in pods:
                killed.append(self._kill(chaos, pod))
                if in_turn:
                    yield float(interval)
                    elapsed += interval
            if not in_turn:
                yield float(interval)
                elapsed += interval
        for pod in killed:
            chaos.reverted(pod)

    def revert(self, chaos: Chaos) -> Waits:
        """Nothing: what was killed stays killed, and its owner replaces it."""
        yield from ()

    def _kill(self, chaos: Chaos, pod: Object) -> Object:
        grace = 0 if chaos.settings.flag("FORCE") else None
        chaos.injected(pod)
        try:
            chaos.store.delete(PODS, name_of(pod), namespace_of(pod), grace=grace)
        except ApiError as error:
            if error.code != 404:
                raise
        return pod
