"""What all faults by helpers share: the experiment makes a helper for each target and waits for them."""

from deploy.rehearsal.litmus import helper
from deploy.rehearsal.litmus.experiment import Chaos, Failed, Waits
from deploy.rehearsal.litmus.helper import Site, wait_looking
from deploy.rehearsal.litmus.settings import Settings
from deploy.rehearsal.platform.facts import phase
from deploy.rehearsal.platform.troubles import Effect
from deploy.rehearsal.store import PODS, ApiError, Object
from deploy.rehearsal.store.objects import dig, name_of, namespace_of

PATIENCE = 180  # seconds for the helpers to start, and once more for them to end


class ByHelper:
    """A fault that is one lasting `effect` on each target. Others override put, hold and take."""

    name = ""
    reads_label = False

    def effect(self, settings: Settings, target: Object) -> Effect:
        raise NotImplementedError(f"{self.name} has no lasting effect")

    def put(self, site: Site, target: Object) -> None:
        site.troubles.apply(site.target_uid, site.cause, self.effect(site.settings, target))

    def hold(self, site: Site, seconds: float) -> Waits:
        return wait_looking(seconds)

    def take(self, site: Site, target: Object) -> None:
        site.troubles.lift(site.target_uid, site.cause)

    def look(self, chaos: Chaos) -> None:
        chaos.pick_pods()

    def inject(self, chaos: Chaos) -> Waits:
        """The helpers undo the fault; here is only waited for them. They stay, unless the engine says that
        Jobs are to be deleted."""
        pods = chaos.pick_pods()
        chaos.say("ChaosInject", f"Injecting {self.name} chaos on application pod")
        yield from await_helpers(chaos, [helper.make(chaos, self.name, pod) for pod in pods])

    def revert(self, chaos: Chaos) -> Waits:
        """Nothing: each helper gets a SIGTERM of its own."""
        yield from ()


def await_helpers(chaos: Chaos, made: list[Object]) -> Waits:
    """Raises Failed where one of them does not start, or ends badly."""
    yield from await_start(chaos, made)
    yield from await_end(chaos, made)


def await_start(chaos: Chaos, made: list[Object]) -> Waits:
    """Raises Failed where one of them does not start."""
    yield from _until(chaos, made, ("Running", "Succeeded", "Failed"), PATIENCE)


def await_end(chaos: Chaos, made: list[Object]) -> Waits:
    """Raises Failed where one of them does not end, or ends badly."""
    yield from _until(chaos, made, ("Succeeded", "Failed"), chaos.duration + PATIENCE)
    failed = [pod for pod in made if _phase(chaos, pod) != "Succeeded"]
    if dig(chaos.engine, "spec", "jobCleanUpPolicy") == "delete":
        _delete(chaos, made)
    if failed:
        reason = f"helper pod failed: {', '.join(map(name_of, failed))}"
        raise Failed("HELPER_POD_FAILED_ERROR", reason)


def containers(target: Object) -> Object:
    """The container of a pod that a helper goes into: its first."""
    return dict(target["spec"]["containers"][0])


def _phase(chaos: Chaos, pod: Object) -> str:
    found = chaos.store.find(PODS, name_of(pod), namespace_of(pod))
    return phase(found) if found else "Gone"


def _until(chaos: Chaos, made: list[Object], phases: tuple[str, ...], patience: int) -> Waits:
    for _ in range(patience):
        if all(_phase(chaos, pod) in (*phases, "Gone") for pod in made):
            return
        yield 1.0
    _delete(chaos, made)
    raise Failed("STATUS_CHECKS_ERROR", "helper pods are not in running state")


def _delete(chaos: Chaos, made: list[Object]) -> None:
    for pod in made:
        try:
            chaos.store.delete(PODS, name_of(pod), namespace_of(pod))
        except ApiError as error:
            if error.code != 404:
                raise
