"""The kubelets' stand-in: walks each pod from bound to running to ready, and out again."""

from collections.abc import Callable
from dataclasses import dataclass

from deploy.rehearsal.platform import containers
from deploy.rehearsal.platform.downtimes import Downtimes
from deploy.rehearsal.platform.facts import (
    SHUTDOWN,
    STARTUP,
    annotation_seconds,
    is_ready,
    labels,
    phase,
)
from deploy.rehearsal.platform.processes import Process, Steps
from deploy.rehearsal.platform.recorder import Recorder
from deploy.rehearsal.platform.troubles import Troubles
from deploy.rehearsal.platform.writing import set_status
from deploy.rehearsal.store import PODS, ApiError, Cluster, Object
from deploy.rehearsal.store.objects import dig, is_going, name_of, namespace_of, timestamp

Programs = Callable[[Object], Steps | None]
"""The program of a pod, or None where it is an application that just runs."""
Plays = Callable[[Object], bool]
"""Whether a pod is one of ours to walk."""

PENDING = 1.0  # seconds from bound to running
LAST_BREATH = 1.5  # seconds between SIGTERM and SIGKILL for a pod deleted without grace
UNREADY_AFTER = 3.0  # seconds of failing readiness probes
BACKOFF = 10.0  # seconds before a crashed container starts again, doubled each time
SWEPT = ("Succeeded", "Failed")


@dataclass(slots=True)
class Life:
    """What the kubelet knows of one pod that its status does not say."""

    pod: Object
    bound_at: float
    running_at: float | None = None
    ready_at: float | None = None
    process: Process | None = None
    restarts: int = 0
    crashes: int = 0  # restarts since the machine started: the wait before the next goes by them
    start_again_at: float | None = None
    unheard_since: float | None = None  # readiness probes have been failing
    end_at: float | None = None  # set once it has been told to stop


class Kubelet:
    def __init__(
        self,
        store: Cluster,
        troubles: Troubles,
        programs: Programs = lambda pod: None,
        plays: Plays = lambda pod: True,
    ) -> None:
        self._store, self._troubles, self._programs, self._plays = store, troubles, programs, plays
        self._recorder = Recorder(store, "kubelet")
        self._lives: dict[str, Life] = {}
        self._downtimes = Downtimes(troubles)

    def tick(self, now: float) -> None:
        """Those of nodes that are down do nothing. What runs there runs on, unless the machine restarts."""
        self._downtimes.look(now)
        seen = {}
        for pod in list(self._store.view(PODS)):
            if dig(pod, "spec", "nodeName") and self._plays(pod):
                uid = pod["metadata"]["uid"]
                seen[uid] = life = self._lives.setdefault(uid, Life(pod, now))
                life.pod = pod
                self._live(life, now)
        for uid in [uid for uid in self._lives if uid not in seen]:
            self._vanished(uid, now)

    def _live(self, life: Life, now: float) -> None:
        node = life.pod["spec"]["nodeName"]
        if node in self._downtimes.restarting:
            self._cut_short(life)
        if node in self._downtimes.back:
            self._find_again(life)
        if self._is_away(life):
            self._run_on(life, now)
        elif is_going(life.pod):
            self._stop(life, now)
        elif phase(life.pod) in SWEPT:
            return
        elif life.running_at is None:
            if now - life.bound_at >= PENDING:
                self._start(life, now)
        elif life.start_again_at is not None:
            self._troubles.crashes.pop(life.pod["metadata"]["uid"], None)  # nothing runs that could end
            if now >= life.start_again_at:
                self._start(life, now)
        elif life.process is not None:
            self._let_run(life, now)
        elif life.pod["metadata"]["uid"] in self._troubles.evictions:
            self._evict(life)
        elif (why := self._troubles.crashes.pop(life.pod["metadata"]["uid"], None)) is not None:
            self._crash(life, now, why)
        elif life.ready_at is None and now - life.running_at >= self._startup(life.pod):
            self._get_ready(life, now)
        elif life.ready_at is not None:
            self._probe(life, now)

    def _is_away(self, life: Life) -> bool:
        """Also asked after a program has run: it may have stopped its own kubelet."""
        return self._troubles.is_down(life.pod["spec"]["nodeName"])

    def _run_on(self, life: Life, now: float) -> None:
        """Without its kubelet: what the pod's program comes to, nobody hears before that is back."""
        if life.process:
            life.process.run(now)

    def _cut_short(self, life: Life) -> None:
        """The machine starts again: nothing on it gets a SIGTERM, and its kubelet finds it ended."""
        if life.process:
            life.process.kill()
        elif life.running_at is not None and life.start_again_at is None:
            life.ready_at, life.crashes = None, 0
            self._troubles.crashes[life.pod["metadata"]["uid"]] = "Unknown"

    def _find_again(self, life: Life) -> None:
        """Back on its node, it says of a pod that was called not ready meanwhile that it is."""
        runs = life.ready_at is not None or (life.process is not None and life.process.exit_code is None)
        if runs and phase(life.pod) == containers.RUNNING and not is_ready(life.pod):
            self._write(life.pod, containers.with_readiness(life.pod, self._stamp(), ready=True))

    def _start(self, life: Life, now: float) -> None:
        pod, life.running_at, life.start_again_at = life.pod, now, None
        steps = self._programs(pod)
        life.process = Process(steps, now) if steps else None
        self._write(
            pod, containers.running(pod, self._stamp(), ready=steps is not None, restarts=life.restarts)
        )
        for container in pod["spec"]["containers"]:
            image = container["image"]
            self._recorder.record(pod, "Pulled", f'Container image "{image}" already present on machine')
            self._recorder.record(pod, "Created", f"Created container {container['name']}")
            self._recorder.record(pod, "Started", f"Started container {container['name']}")

    def _startup(self, pod: Object) -> float:
        return annotation_seconds(pod, STARTUP, 1.0)

    def _probe(self, life: Life, now: float) -> None:
        """Readiness: once a second, three failures in a row, one success."""
        if not self._troubles.blocks_probes(life.pod["metadata"]["uid"]):
            life.unheard_since = None
        elif life.unheard_since is None:
            life.unheard_since = now
        elif now - life.unheard_since >= UNREADY_AFTER:
            life.unheard_since = life.ready_at = None
            self._recorder.record(life.pod, "Unhealthy", "Readiness probe failed: timeout", warning=True)
            status = containers.running(life.pod, self._stamp(), ready=False, restarts=life.restarts)
            self._write(life.pod, status)

    def _crash(self, life: Life, now: float, why: str) -> None:
        """The first restart comes at once, each further one waits longer."""
        life.restarts += 1
        life.crashes += 1
        life.ready_at = None
        life.start_again_at = now + (0.5 if life.crashes == 1 else BACKOFF * 2 ** min(life.crashes - 2, 5))
        self._write(
            life.pod,
            containers.waiting(life.pod, self._stamp(), "CrashLoopBackOff", life.restarts, why),
        )
        self._recorder.record(life.pod, "BackOff", f"Container ended: {why}", warning=True)

    def _evict(self, life: Life) -> None:
        message = "Pod ephemeral local storage usage exceeds the total limit of containers."
        self._troubles.evictions.discard(life.pod["metadata"]["uid"])
        self._recorder.record(life.pod, "Evicted", message, warning=True)
        self._write(life.pod, containers.evicted(life.pod, self._stamp(), message))

    def _get_ready(self, life: Life, now: float) -> None:
        if self._troubles.blocks_probes(life.pod["metadata"]["uid"]):
            return
        if self._troubles.revert_stuck:
            failing = "Readiness probe failed: HTTP probe failed with statuscode: 503"
            self._recorder.record(life.pod, "Unhealthy", failing, warning=True)
            life.running_at = now
            return
        life.ready_at = now
        self._write(life.pod, containers.running(life.pod, self._stamp(), ready=True, restarts=life.restarts))

    def _let_run(self, life: Life, now: float) -> None:
        assert life.process is not None  # noqa: S101 - the caller has just looked
        life.process.run(now)
        code = life.process.exit_code
        if code is None or self._is_away(life):
            return
        if self._store.find(PODS, name_of(life.pod), namespace_of(life.pod)) is None:
            return
        policy = life.pod["spec"]["restartPolicy"]
        if policy == "Always" or (policy == "OnFailure" and code != 0):
            life.start_again_at = now + BACKOFF * 2 ** min(life.restarts, 5)
            life.restarts += 1
            status = containers.waiting(life.pod, self._stamp(), "CrashLoopBackOff", life.restarts)
            self._write(life.pod, status)
            self._recorder.record(life.pod, "BackOff", "Back-off restarting failed container", warning=True)
        else:
            self._write(life.pod, containers.ended(life.pod, self._stamp(), code, life.restarts))

    def _stop(self, life: Life, now: float) -> None:
        pod = life.pod
        grace = float(pod["metadata"].get("deletionGracePeriodSeconds") or 0)
        if life.end_at is None:
            for container in pod["spec"]["containers"]:
                self._recorder.record(pod, "Killing", f"Stopping container {container['name']}")
            needed = grace if life.process else min(grace, annotation_seconds(pod, SHUTDOWN, 1.0))
            life.end_at = now + needed
            if life.process:
                life.process.terminate(now)
        life.end_at = min(life.end_at, now + grace)
        if life.process:
            life.process.run(min(now, life.end_at))
            if self._is_away(life):
                return
        finished = life.process is not None and life.process.exit_code is not None
        stuck = self._troubles.revert_stuck and "chaosUID" in labels(pod)
        if (finished or now >= life.end_at) and not stuck:
            self._finish(life)

    def _finish(self, life: Life) -> None:
        if life.process:
            life.process.kill()
        meta = life.pod["metadata"]
        try:
            self._store.delete(PODS, name_of(life.pod), namespace_of(life.pod), uid=meta["uid"], grace=0)
        except ApiError as gone:
            if gone.code not in (404, 409):
                raise

    def _vanished(self, uid: str, now: float) -> None:
        """Deleted without grace: the object is gone, the program has a last breath to notice."""
        life = self._lives[uid]
        if self._is_away(life):
            self._run_on(life, now)
            return
        if life.process and life.process.exit_code is None:
            if life.end_at is None or life.end_at > now + LAST_BREATH:
                life.end_at = now + LAST_BREATH
                life.process.terminate(now)
            life.process.run(min(now, life.end_at))
            if self._is_away(life):
                return
            if now < life.end_at and life.process.exit_code is None:
                return
            life.process.kill()
        self._troubles.forget(uid)
        del self._lives[uid]

    def _write(self, pod: Object, status: Object) -> None:
        current = self._store.find(PODS, name_of(pod), namespace_of(pod))
        if current and current["metadata"]["uid"] == pod["metadata"]["uid"]:
            set_status(self._store, PODS, pod, status)

    def _stamp(self) -> str:
        return timestamp(self._store.now())
