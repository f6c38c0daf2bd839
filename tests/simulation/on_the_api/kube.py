"""The simulated cluster, with all that the adapter meets on a real one: Jobs, graces, finalizers, labels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from chaos.domain.injection import Injection, Sign
from chaos.domain.sight import Pod
from chaos.faults.pod_network_partition import POD_NAME
from tests.simulation.cluster import Cluster
from tests.simulation.hazards import Window
from tests.simulation.objects import Engine, Helper
from tests.simulation.on_the_api.mishaps import Mishaps

Json = Mapping[str, Any]

LEAST_GRACE = 10
"""Seconds that a helper needs at the least to undo its fault once it is asked to stop."""

OPERATOR_GONE = 0.3
"""How often Litmus' operator goes away for as long as most faults last: nobody does its deletes but we."""

CLOSED = 0.1
"""How often Gameday loses its rights in the chaos namespace for a while, and may look everywhere else."""


@dataclass(eq=False)
class Job:
    """The Job of an experiment. Its pod is the helper: as long as the Job is there and has not completed, a
    pod that ends is followed by another, which injects anew."""

    uid: str
    name: str
    engine: Engine
    helper: Helper
    is_done: bool = False


@dataclass(eq=False)
class Policy:
    """A NetworkPolicy of Litmus': nothing of ours is on it, and nothing owns it."""

    uid: str
    name: str
    namespace: str
    labels: Mapping[str, str]
    """Of the pods that it cuts off."""
    engine: Engine


@dataclass
class Kube(Cluster):
    """`meant` is what Litmus makes of an engine, by its name; `sent` are the manifests, by UID."""

    meant: dict[str, Injection] = field(default_factory=dict)
    sent: dict[str, Json] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)
    policies: dict[str, Policy] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    """UIDs of engines that have Litmus' finalizer."""
    experiments: dict[str, str] = field(default_factory=dict)
    """Of each engine that was ever made, by its name."""
    phases: dict[str, str] = field(default_factory=dict)
    """What the result of an engine says of its experiment, by the engine's name."""
    marks: dict[str, Mapping[str, str]] = field(default_factory=dict)
    """Labels of grants as they were sent, by UID."""
    born: dict[str, float] = field(default_factory=dict)
    """When what has this UID came; what was there from the beginning is not in it."""
    wronged: list[str] = field(default_factory=list)
    """What somebody deleted that had no part in anything."""
    found: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """What else must never be, by the verdict's list of it."""
    mishaps: Mishaps = field(default_factory=Mishaps)
    look_alikes: dict[str, list[Json]] = field(default_factory=dict)
    """Objects that are not ours and nobody's of whom we know, as they are shown, by their plural."""
    copies_labels: bool = True
    """Whether the labels of an engine are on what Litmus makes for it."""
    closed: Window = (0.0, 0.0)
    """While the chaos namespace is closed to Gameday."""
    closes_at_a_stop: bool = False
    """Whether that is when an engine was told to go, and nobody has seen what became of it."""
    shows_policies: bool = True
    """Whether policies may be listed in all namespaces at once."""

    def __post_init__(self) -> None:
        super().__post_init__()
        for uid, pod in self.pods.items():
            self.pods[uid] = named(pod)
        self.copies_labels = self.kernel.random.random() < 0.5
        self.shows_policies = self.kernel.random.random() < 0.5
        if self.kernel.random.random() < OPERATOR_GONE:
            gone_at = self.kernel.random.uniform(15.0, 45.0)
            self.temper.operator_away = (gone_at, gone_at + self.kernel.random.uniform(60.0, 150.0))
        if self.kernel.random.random() < CLOSED:
            self._close(self.kernel.random.uniform(15.0, 60.0))
        self.closes_at_a_stop = self.kernel.random.random() < CLOSED

    def uid(self, of: str) -> str:
        uid = super().uid(of)
        self.born[uid] = self.kernel.now
        return uid

    def _close(self, at: float) -> None:
        self.closed = (at, at + self.kernel.random.uniform(5.0, 40.0))

    # Engines and what the operator makes for them

    def make_engine(self, manifest: Json, ref: Any, sent_at: float) -> bool:
        meta, spec = manifest["metadata"], manifest["spec"]
        name, owners = meta["name"], meta.get("ownerReferences") or [{}]
        meant = next(one for known, one in reversed(self.meant.items()) if name.startswith(known))
        if not self.create_engine(ref, meant, name, owners[0].get("uid", ""), sent_at):
            return False
        self.sent[self.history.engines[-1].uid] = manifest
        self.experiments[name] = spec["experiments"][0]["name"]
        return True

    def delete_engine(self, uid: str) -> None:
        """One that the operator has not seen yet has no finalizer, and is gone at once."""
        engine = self.engines.get(uid)
        if engine and self.closes_at_a_stop:
            self.closes_at_a_stop = False
            self._close(self.kernel.now + self.kernel.random.uniform(0.0, 2.0))
        if engine is None or uid in self.held:
            if engine and not engine.is_leaving:
                self.mishaps.told_to_go(self, engine)
            return super().delete_engine(uid)
        engine.told_to_go_at = engine.gone_at = self.kernel.now
        del self.engines[uid]
        self.say(f"{engine.name} ({uid}) gone before it was begun")
        return None

    def reconcile(self, engine: Engine) -> None:
        before = set(self.helpers)
        super().reconcile(engine)
        for helper in [one for uid, one in self.helpers.items() if uid not in before]:
            self.held.add(engine.uid)
            self.phases[engine.name] = "Running"
            name = f"{self.experiments.get(engine.name, engine.injection.experiment)}-{self.count}"
            job = Job(self.uid("job"), name, engine, helper)
            self.jobs[job.uid] = job

    def _finalize(self, engine: Engine) -> None:
        if engine.uid not in self.engines:
            return
        if not self._operator_is_away():
            for job in [job for job in self.jobs.values() if job.engine is engine]:
                self.delete_job(job.uid)
        super()._finalize(engine)

    # Jobs and their pods

    def delete_job(self, uid: str) -> None:
        """It is gone at once; its pod follows."""
        job = self.jobs.pop(uid, None)
        if job:
            self.soon(0.1, 1.0, lambda: self.delete_helper(job.helper.uid))

    def job_of(self, helper: Helper) -> Job | None:
        return next((job for job in self.jobs.values() if job.helper is helper), None)

    def kill_helper(self, uid: str) -> None:
        """With too little grace: it undoes nothing and says nothing."""
        helper = self.helpers.get(uid)
        if helper:
            self.say(f"{helper.name} is killed")
            if helper.engine.has_injected:
                self.wronged.append(f"{helper.name} was killed before it could undo its fault")
            del self.helpers[uid]
            self._follow(helper)

    def _run_out(self, helper: Helper) -> None:
        job = self.job_of(helper)
        if helper.uid in self.helpers:
            self.phases[helper.engine.name] = "Completed"
            if job:
                job.is_done = True
        super()._run_out(helper)

    def _end_helper(self, helper: Helper) -> None:
        if helper.uid not in self.helpers:
            return
        if self.phases.get(helper.engine.name) != "Completed":
            self.phases[helper.engine.name] = "Stopped"
        policies = [policy for policy in self.policies.values() if policy.engine is helper.engine]
        super()._end_helper(helper)
        if policies and not self.kernel.random.random() < self.temper.helper_killed:
            for policy in policies:
                self.delete_policy(policy.uid)
        self._follow(helper)

    def _follow(self, helper: Helper) -> None:
        """The Job's own controller makes up for a pod that ended too soon."""
        job = self.job_of(helper)
        if job is None or job.is_done:
            return

        def anew() -> None:
            if self.jobs.get(job.uid) is job:
                job.helper = Helper(self.uid("helper"), helper.name, helper.engine, helper.node)
                self.helpers[job.helper.uid] = job.helper
                self.say(f"{job.name} makes {job.helper.uid}")
                self.kernel.met["a Job's pod made anew"] += 1
                self.soon(1.5, 5.0, lambda: self._inject(job.helper))

        self.soon(1.0, 3.0, anew)

    def ours(self) -> set[str]:
        """UIDs of all that is there of anybody's run."""
        grant = {self.grant.uid} if self.grant else set()
        made = {f"result-{one.name}" for one in self.history.engines if one.name in self.results}
        return grant | made | {*self.engines, *self.jobs, *self.helpers, *self.policies}

    # Deletes that somebody asks for

    def judge_delete(self, name: str, uid: str, sent_at: float) -> None:
        """Nobody can have meant what came later, nor a pod that no injection names and that had no fault."""
        if self.born.get(uid, 0.0) > sent_at:
            born = f"{name} ({uid}) came at {self.born[uid]:.1f}"
            self.wronged.append(f"{born}, and was deleted by what was sent at {sent_at:.1f}")
        if any(obj["metadata"]["uid"] == uid for objs in self.look_alikes.values() for obj in objs):
            self.wronged.append(f"{name} was deleted, and only looks like ours")
        had_a_part = any(fault.target == uid for fault in self.history.faults) or any(
            name in {target.name for target in engine.injection.targets} or uid in engine.meant_for
            for engine in self.history.engines
        )
        if uid in self.pods and not had_a_part:
            self.wronged.append(f"{name} ({uid}) was deleted, and had no part in anything")

    def delete_result(self, engine: str) -> None:
        self.results.pop(engine, None)
        self.result_refs.pop(engine, None)

    def delete_policy(self, uid: str) -> None:
        policy = self.policies.pop(uid, None)
        if policy:
            self.say(f"{policy.name} is gone")
            self._end_faults(lambda fault: fault.engine is policy.engine)

    # Faults

    def _inject(self, helper: Helper) -> None:
        engine = helper.engine
        if engine.injection.sign is not Sign.POLICY_MADE:
            return super()._inject(helper)
        if helper.uid in self.helpers and not helper.is_leaving:
            engine.has_injected = True
            self.say(f"{engine.name} ({engine.uid}) INJECTS")
            key, _, value = engine.injection.app_label.partition("=")
            uid, namespace = self.uid("policy"), engine.injection.namespace
            self.policies[uid] = Policy(uid, f"{engine.name}-np-{uid}", namespace, {key: value}, engine)
            self._cut_off()
            self.kernel.at(self.duration, lambda: self._run_out(helper))
        return None

    def _cut_off(self) -> None:
        """Whoever has the label, whenever it came."""
        for policy in self.policies.values():
            for pod in self.pods.values():
                if policy.labels.items() <= pod.labels.items():
                    self._begin(pod.uid, policy.engine)

    def _remove_pod(self, uid: str) -> None:
        super()._remove_pod(uid)
        self._cut_off()

    def mend_by_hand(self, only_strangers: bool = False) -> None:
        for uid in [] if only_strangers else list(self.policies):
            self.delete_policy(uid)
        super().mend_by_hand(only_strangers)


def named(pod: Pod) -> Pod:
    """As a StatefulSet does: with its name as a label, which whatever comes for it has as well."""
    return replace(pod, labels={**pod.labels, POD_NAME: pod.name})
