"""The helper pod: privileged, on the target's node, puts a fault into a pod and takes it out again.

It undoes the fault when its time is over or when it gets SIGTERM; killed without that, it leaves the fault
in the target for as long as that pod lives.
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from deploy.rehearsal.litmus.experiment import Chaos
from deploy.rehearsal.litmus.labels import belongings
from deploy.rehearsal.litmus.results import Results
from deploy.rehearsal.litmus.settings import Settings
from deploy.rehearsal.platform.processes import Steps, Terminated
from deploy.rehearsal.platform.troubles import Troubles
from deploy.rehearsal.store import PODS, Cluster, Object
from deploy.rehearsal.store.objects import dig, is_going, name_of, namespace_of, suffix

Waits: TypeAlias = Generator[float, None, None]

STARTUP = 0.8  # seconds from the container's start to the injection
LOOK = 0.5  # seconds between looks whether somebody wants it killed
FIRST_TRY, TRIES = 1.0, 3
"""Undoing is tried three times, a second apart. Here the second try is the one that succeeds: longer than
the breath that a pod without grace has."""
KILLED_AFTER = 1.0  # seconds of fault before a helper is killed, where the switch says so
HELPER = "./helpers -name"
KILLED = 137


@dataclass(slots=True)
class Site:
    """What a helper works on: one target pod, named in its environment."""

    store: Cluster
    troubles: Troubles
    settings: Settings
    pod: Object  # the helper's own
    results: Results

    @property
    def target(self) -> Object | None:
        """The target as it was when the helper was made; None once that pod is gone or replaced."""
        namespace, name, uid = self.settings.text("TARGETS").split(":")
        found = self.store.find(PODS, name, namespace)
        return found if found and found["metadata"]["uid"] == uid else None

    @property
    def target_uid(self) -> str:
        return self.settings.text("TARGETS").rpartition(":")[2]

    @property
    def cause(self) -> str:
        """By which the effect is known: one helper, one effect."""
        return f"{self.settings.text('EXPERIMENT_NAME')}/{name_of(self.pod)}"

    def mark(self, target: Object, state: str) -> None:
        self.results.annotate("pod", name_of(target), state)


class Work(Protocol):
    """What a fault does by its helper. `hold` lasts for as long as the fault; `take` undoes it."""

    name: str

    def put(self, site: Site, target: Object) -> None: ...

    def hold(self, site: Site, seconds: float) -> Waits: ...

    def take(self, site: Site, target: Object) -> None: ...


def run(work: Work, site: Site) -> Steps:
    """The program of a helper pod."""
    yield STARTUP
    target = site.target
    if target is None or is_going(target):
        return 1  # CONTAINER_RUNTIME_ERROR: no such container on this node
    work.put(site, target)
    site.mark(target, "injected")
    seconds = float(site.settings.integer("TOTAL_CHAOS_DURATION", "60"))
    try:
        hold, held = work.hold(site, seconds), 0.0
        for wait in hold:
            yield wait
            held += wait
            if site.troubles.helpers_killed and held >= KILLED_AFTER:
                return KILLED
        yield 0.5
    except Terminated:
        yield FIRST_TRY
        yield FIRST_TRY
        _undo(work, site)
        yield FIRST_TRY * (TRIES - 2)
        return 1
    return 0 if _undo(work, site) else 1


def _undo(work: Work, site: Site) -> bool:
    """False where the target has gone meanwhile: litmus-go then cannot undo, and says so."""
    target = site.target
    if target is None:
        return False
    work.take(site, target)
    site.mark(target, "reverted")
    return True


def wait_looking(seconds: float) -> Waits:
    """Wait in small steps, so that a helper can be killed in the middle."""
    for _ in range(max(1, round(seconds / LOOK))):
        yield LOOK


def is_helper(pod: Object) -> bool:
    return any(HELPER in one for one in pod["spec"]["containers"][0].get("args") or [])


def make(chaos: Chaos, name: str, target: Object) -> Object:
    """Create the helper pod for one target pod."""
    targets = f"{namespace_of(target)}:{name_of(target)}:{target['metadata']['uid']}"
    return create(chaos, name, str(target["spec"]["nodeName"]), targets)


def create(chaos: Chaos, name: str, node: str, targets: str, *, privileged: bool = True) -> Object:
    """Create a helper pod. It goes straight to its node, cordoned or not."""
    run_id = suffix()
    env = {**chaos.settings.values, "TARGETS": targets, "EXPERIMENT_NAME": name}
    container = {
        "name": f"{name}-helper",
        "image": chaos.settings.text("LIB_IMAGE", "litmuschaos/go-runner:3.28.0"),
        "command": ["/bin/bash"],
        "args": ["-c", f"{HELPER} {name}"],
        "env": [{"name": key, "value": value} for key, value in env.items()],
    } | ({"securityContext": {"privileged": True, "runAsUser": 0}} if privileged else {})
    app = f"{name}-helper-{run_id}"
    tags = {**belongings(chaos.engine, {}), "app": app, "name": app, "app.kubernetes.io/part-of": "litmus"}
    grace = int(dig(chaos.engine, "spec", "terminationGracePeriodSeconds") or 0)
    spec = {
        "restartPolicy": "Never",
        "hostPID": privileged,
        "nodeName": node,
        "serviceAccountName": dig(chaos.engine, "spec", "chaosServiceAccount"),
        "terminationGracePeriodSeconds": grace,  # the engine's, and none where it names none
        "containers": [container],
    }
    meta = {"name": f"{app}-{suffix()}", "namespace": namespace_of(chaos.pod), "labels": tags}
    return chaos.store.create(PODS, {"metadata": meta, "spec": spec})
