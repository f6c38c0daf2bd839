"""The effects of helper pods that somebody else runs: Litmus' own operator has made them.

What a helper would do inside its target is done to the platform here, by the program of the stand-in's
helper: it starts when the pod runs, gets its SIGTERM when the pod is deleted, and is killed when it has gone.
"""

from dataclasses import dataclass, field

from deploy.rehearsal.litmus import helper
from deploy.rehearsal.litmus.faults import FAULTS
from deploy.rehearsal.litmus.faults.by_helper import ByHelper
from deploy.rehearsal.litmus.faults.node_stress import NodeStress
from deploy.rehearsal.litmus.helper import Site
from deploy.rehearsal.litmus.results import Results
from deploy.rehearsal.litmus.settings import Settings, settings_of
from deploy.rehearsal.platform.facts import labels, phase
from deploy.rehearsal.platform.processes import Process, Steps
from deploy.rehearsal.platform.troubles import Troubles
from deploy.rehearsal.store import CHAOS_ENGINES, CHAOS_EXPERIMENTS, PODS, Cluster, Object
from deploy.rehearsal.store.objects import is_going, name_of, namespace_of

LAST_BREATH = 1.5  # seconds from the pod's vanishing to the SIGKILL of what it ran
OVER = ("Succeeded", "Failed")


class SilentResults(Results):
    """The helper itself says what it has done."""

    def annotate(self, kind: str, name: str, state: str) -> None:
        pass


@dataclass(slots=True)
class Life:
    processes: list[Process] = field(default_factory=list)
    gone_at: float | None = None


class Helpers:
    """Follows every helper pod of the cluster."""

    def __init__(self, store: Cluster, troubles: Troubles) -> None:
        self._store, self._troubles = store, troubles
        self._lives: dict[str, Life] = {}

    def tick(self, now: float) -> None:
        seen = set()
        for pod in self._store.view(PODS):
            name = fault_of(pod)
            if name in FAULTS and (phase(pod) == "Running" or pod["metadata"]["uid"] in self._lives):
                seen.add(pod["metadata"]["uid"])
                self._follow(pod, name, now)
        for uid in set(self._lives) - seen:
            self._vanished(uid, now)

    def _follow(self, pod: Object, name: str, now: float) -> None:
        uid = pod["metadata"]["uid"]
        life = self._lives.get(uid)
        if life is None:
            life = self._lives[uid] = Life([Process(steps, now) for steps in self._programs(pod, name)])
        for process in life.processes:
            if is_going(pod):
                process.terminate(now)
            process.run(now)
            if phase(pod) == "Succeeded":  # it has undone what it did, whatever our clock says
                process.terminate(now)
                process.run(now + helper.FIRST_TRY * helper.TRIES)
            elif phase(pod) == "Failed" and not is_going(pod):
                process.kill()

    def _vanished(self, uid: str, now: float) -> None:
        life = self._lives[uid]
        life.gone_at = now if life.gone_at is None else life.gone_at
        for process in life.processes:
            process.terminate(now)
            process.run(min(now, life.gone_at + LAST_BREATH))
        if now >= life.gone_at + LAST_BREATH:
            for process in life.processes:
                process.kill()
            del self._lives[uid]

    def _programs(self, pod: Object, name: str) -> list[Steps]:
        engines = self._store.list(CHAOS_ENGINES)
        engine = next((one for one in engines if one["metadata"]["uid"] == labels(pod)["chaosUID"]), None)
        experiment = self._store.find(CHAOS_EXPERIMENTS, name, namespace_of(pod))
        if engine is None or experiment is None:
            return []
        settings = settings_of(engine, experiment, name).values
        fault = FAULTS[name]()
        sites = [
            Site(
                self._store,
                self._troubles,
                Settings({**settings, "EXPERIMENT_NAME": name, "TARGETS": target}),
                pod,
                SilentResults(self._store, engine, name),
            )
            for target in self._targets(pod, fault)
        ]
        if isinstance(fault, NodeStress):
            return [fault.stress(site) for site in sites]
        return [helper.run(fault, site) for site in sites] if isinstance(fault, ByHelper) else []

    def _targets(self, pod: Object, fault: object) -> list[str]:
        """In the stand-in's form, out of `name:namespace:container;…`; a node is where the pod runs."""
        if isinstance(fault, NodeStress):
            return [str(pod["spec"]["nodeName"])]
        env = {one["name"]: one.get("value", "") for one in pod["spec"]["containers"][0].get("env") or []}
        made = []
        for one in filter(None, env.get("TARGETS", "").split(";")):
            name, namespace = one.split(":")[:2]
            target = self._store.held(PODS, name, namespace)
            if target is not None:
                made.append(f"{namespace}:{name}:{target['metadata']['uid']}")
        return made


def fault_of(pod: Object) -> str:
    """`FAULT-helper-…` is what go-runner calls a helper; "" where it is none."""
    name, is_helper, _ = name_of(pod).partition("-helper-")
    return name if is_helper and "chaosUID" in labels(pod) else ""
