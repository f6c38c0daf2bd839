"""The simulated cluster: its API objects, its garbage collector, its controllers, and Litmus' operator.

It does what it is asked, at once; that calls get lost or late is `api`'s affair. It knows everything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from chaos.domain.injection import Injection, Sign
from chaos.domain.sight import Node, Pod
from chaos.ports import RunRef
from tests.simulation.kernel import Kernel
from tests.simulation.objects import Engine, Fault, Grant, HasLever, Helper, History
from tests.simulation.temper import Temper


@dataclass
class Cluster(HasLever):
    kernel: Kernel
    temper: Temper
    duration: float
    before: dict[str, Node]
    """The nodes, each as it was when it came."""
    nodes: dict[str, Node] = field(init=False)
    pods: dict[str, Pod] = field(default_factory=dict)
    grant: Grant | None = None
    engines: dict[str, Engine] = field(default_factory=dict)
    helpers: dict[str, Helper] = field(default_factory=dict)
    results: dict[str, dict[str, str]] = field(default_factory=dict)
    """Litmus' results: engine's name to what it says of each target."""
    result_refs: dict[str, RunRef] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    history: History = field(default_factory=History)
    count: int = 0

    def __post_init__(self) -> None:
        self.nodes = dict(self.before)

    def uid(self, of: str) -> str:
        self.count += 1
        return f"{of}-{self.count}"

    def say(self, what: str) -> None:
        self.kernel.say("cluster", what)

    def soon(self, least: float, most: float, deed: Callable[[], object]) -> None:
        self.kernel.at(self.kernel.random.uniform(least, most), deed)

    # What is asked of the API server

    def create_grant(self, ref: RunRef, said: str) -> bool:
        if self.grant is None:
            self.grant = Grant(self.uid("grant"), ref, said)
            self.history.beats.append(self.kernel.now)
            self.say(f"grant {self.grant.uid} made")
            return True
        return False

    def beat(self, grant: Grant, said: str) -> None:
        if grant is self.grant:
            grant.renewed = said
            self.history.beats.append(self.kernel.now)

    def delete_grant(self, uid: str) -> None:
        if self.grant and self.grant.uid == uid:
            self.say(f"grant {uid} gone")
            self.history.gone[uid] = self.kernel.now
            self.grant = None
            for engine in list(self.engines.values()):
                self._collect(engine)

    def create_engine(self, ref: RunRef, injection: Injection, name: str, owner: str, sent_at: float) -> bool:
        if any(engine.name == name for engine in self.engines.values()):
            return False
        engine = Engine(self.uid("engine"), name, owner, ref, injection, sent_at, self.kernel.now)
        self.engines[engine.uid] = engine
        self.history.engines.append(engine)
        self.say(f"{name} ({engine.uid}) made, owned by {owner or 'nobody'}, sent at {sent_at:.1f}")
        self.soon(1.0, 4.0, lambda: self.reconcile(engine))
        self._collect(engine)
        return True

    def delete_engine(self, uid: str) -> None:
        engine = self.engines.get(uid)
        if engine and not engine.is_leaving:
            engine.told_to_go_at = self.kernel.now
            self.say(f"{engine.name} ({uid}) told to go")
            self.soon(0.1, 1.5, lambda: self._finalize(engine))

    def delete_helper(self, uid: str) -> None:
        """With grace: it is asked to stop, and undoes the fault."""
        helper = self.helpers.get(uid)
        if helper and not helper.is_leaving:
            helper.is_leaving = True
            self.soon(0.3, 4.0, lambda: self._end_helper(helper))

    def delete_pod(self, uid: str) -> None:
        pod = self.pods.get(uid)
        if pod and not pod.is_leaving:
            self.pods[uid] = replace(pod, is_leaving=True, is_ready=False)
            self.soon(0.2, 3.0, lambda: self._remove_pod(uid))

    def set_schedulable(self, name: str, uid: str, version: int, is_schedulable: bool) -> bool:
        node = self.nodes.get(name)
        if node is None or node.uid != uid or self.versions.get(name, 0) != version:
            return False
        self._schedulable(name, is_schedulable)
        return True

    # The garbage collector

    def _collect(self, engine: Engine) -> None:
        """An owner that is absent means deletion, whenever the engine came."""
        if engine.owner and (self.grant is None or self.grant.uid != engine.owner):
            if self.temper.collects is None:
                self.kernel.met["no garbage collector"] += 1
                return
            self.soon(*self.temper.collects, lambda: self._collected(engine))

    def _collected(self, engine: Engine) -> None:
        if engine.uid in self.engines:
            self.say(f"{engine.name} ({engine.uid}) is garbage")
            self.delete_engine(engine.uid)

    # Litmus

    def reconcile(self, engine: Engine) -> None:
        if self._operator_is_away():
            self.soon(1.0, 2.0, lambda: self.reconcile(engine))
        elif engine.uid in self.engines and not engine.is_leaving:
            node = engine.injection.nodes[0].name if engine.injection.nodes else ""
            helper = Helper(self.uid("helper"), f"{engine.name}-helper", engine, node)
            self.helpers[helper.uid] = helper
            self.results.setdefault(engine.name, {})
            self.result_refs[engine.name] = engine.ref
            self.soon(1.5, 5.0, lambda: self._inject(helper))

    def _finalize(self, engine: Engine) -> None:
        mine = [helper for helper in self.helpers.values() if helper.engine is engine]
        if self._operator_is_away() or mine or self.temper.keeps_finalizers:
            if not self._operator_is_away():
                for helper in mine:
                    self.delete_helper(helper.uid)
            self.soon(0.5, 2.0, lambda: self._finalize(engine))
            self.kernel.met["a finalizer stuck"] += self.temper.keeps_finalizers
        elif engine.uid in self.engines:
            del self.engines[engine.uid]
            engine.gone_at = self.kernel.now
            self.say(f"{engine.name} ({engine.uid}) gone")

    def _operator_is_away(self) -> bool:
        since, until = self.temper.operator_away
        is_away = since <= self.kernel.now < until
        self.kernel.met["the operator away"] += is_away
        return is_away

    def _inject(self, helper: Helper) -> None:
        engine = helper.engine
        if helper.uid not in self.helpers or helper.is_leaving:
            return
        engine.has_injected = True
        self.say(f"{engine.name} ({engine.uid}) INJECTS")
        if engine.injection.sign is Sign.RESULT_INJECTED:
            self._put_into_pods(engine)
        elif engine.injection.nodes:
            self._drain(engine)
        else:
            for target in engine.injection.targets:
                if target.uid in self.pods:
                    self._begin(target.uid, engine)
                    self.delete_pod(target.uid)
        self.kernel.at(self.duration, lambda: self._run_out(helper))

    def _put_into_pods(self, engine: Engine) -> None:
        """Litmus acts by name: whoever bears it now has the fault."""
        names = {target.name for target in engine.injection.targets}
        for pod in list(self.pods.values()):
            if pod.name in names and not pod.is_leaving:
                self._begin(pod.uid, engine)
                self.results[engine.name][f"pod/{pod.name}"] = "injected"

    def _drain(self, engine: Engine) -> None:
        for target in engine.injection.nodes:
            node = self.nodes.get(target.name)
            if node is None:
                continue
            if self.before[node.name].is_schedulable:  # else somebody else had cordoned it
                self._begin(node.uid, engine)
            self._schedulable(node.name, False)
            self.results[engine.name][f"node/{node.name}"] = "injected"
            for pod in [pod for pod in self.pods.values() if pod.node == node.name]:
                if self.temper.refuses_evictions:
                    self.kernel.met["an eviction refused"] += 1
                else:
                    self.delete_pod(pod.uid)

    def _run_out(self, helper: Helper) -> None:
        if helper.uid in self.helpers:
            self._end_helper(helper)
            helper.engine.status = "completed"

    def _end_helper(self, helper: Helper) -> None:
        """It undoes what it did and says so, does not but says so, or neither."""
        if self.helpers.pop(helper.uid, None) is None:
            return
        draw, engine = self.kernel.random, helper.engine
        lot = draw.random()
        if not engine.has_injected or lot < self.temper.helper_killed:
            self.say(f"{helper.name} ended without a word")
            self.kernel.met["a helper killed"] += engine.has_injected
            return
        if lot < self.temper.helper_killed + self.temper.helper_lies:
            self.say(f"{helper.name} ended with a lie")
            self.kernel.met["a helper lying"] += 1
        else:
            for node in engine.injection.nodes:
                if node.name in self.nodes:
                    self._schedulable(node.name, True)  # whatever it was before
            if engine.injection.sign is Sign.RESULT_INJECTED:
                self._take_out(engine)
        said = self.results.get(engine.name)
        if said is not None:
            self.results[engine.name] = dict.fromkeys(said, "reverted")

    def _take_out(self, engine: Engine) -> None:
        """Out of each pod that it put its fault into; what another engine put there goes with it."""
        mine = {fault.target for fault in self.history.faults if fault.engine is engine}
        self._end_faults(lambda fault: fault.target in mine)

    # Pods, nodes and the faults in them

    def _begin(self, target: str, engine: Engine) -> None:
        if not any(fault.engine is engine for fault in self.faults_of(target)):
            self.history.faults.append(Fault(target, engine, self.kernel.now))

    def _end_faults(self, is_it: Callable[[Fault], bool]) -> None:
        for fault in self.history.faults:
            if fault.until is None and is_it(fault):
                fault.until = self.kernel.now
                self.say(f"the fault of {fault.engine.uid} is out of {fault.target}")

    def _remove_pod(self, uid: str) -> None:
        pod = self.pods.pop(uid, None)
        if pod is None:
            return
        if not any(fault.engine.injection.sign is Sign.TARGETS_LEAVE for fault in self.faults_of(uid)):
            self._end_faults(lambda fault: fault.target == uid)
        fresh = self.uid("pod")
        name = pod.name if self.temper.keeps_names else f"{pod.name.rsplit('.', 1)[0]}.{self.count}"
        takes = [node.name for node in self.nodes.values() if node.is_schedulable] or [pod.node]
        node = self.kernel.random.choice(sorted(takes))
        self.pods[fresh] = replace(
            pod, name=name, uid=fresh, node=node, is_ready=False, is_leaving=False, labels=pod.labels
        )
        self.soon(1.0, 6.0, lambda: self._ready(fresh, uid))

    def faults_of(self, target: str) -> list[Fault]:
        return [fault for fault in self.history.faults if fault.target == target and fault.until is None]

    def _ready(self, uid: str, before: str) -> None:
        if uid in self.pods and not self.pods[uid].is_leaving:
            self.pods[uid] = replace(self.pods[uid], is_ready=True)
        self._end_faults(lambda fault: fault.target == before)

    def _schedulable(self, name: str, is_schedulable: bool) -> None:
        node = self.nodes[name]
        self.nodes[name] = replace(node, is_schedulable=is_schedulable)
        self.versions[name] = self.versions.get(name, 0) + 1
        self.say(f"{name} is {'schedulable' if is_schedulable else 'cordoned'}")
        if is_schedulable:
            self._end_faults(lambda fault: fault.target == node.uid)

    def replace_node(self, fresh: Node) -> None:
        """What was done to the one before went with it; its helpers are gone, too."""
        before = self.nodes[fresh.name]
        self.nodes[fresh.name] = self.before[fresh.name] = fresh
        self.versions[fresh.name] = self.versions.get(fresh.name, 0) + 1
        self._end_faults(lambda fault: fault.target == before.uid)
        for pod in [pod for pod in self.pods.values() if pod.node == fresh.name]:
            self.delete_pod(pod.uid)

    @property
    def is_whole(self) -> bool:
        return sum(pod.is_ready for pod in self.pods.values()) >= 6

    @property
    def is_faulty(self) -> bool:
        return any(fault.until is None for fault in self.history.faults)

    def mend_by_hand(self, only_strangers: bool = False) -> None:
        """What a person does who is told; `only_strangers`: just to machines that have another's name."""
        found = [fault for fault in self.history.faults if fault.until is None]
        for fault in [one for one in found if not (only_strangers and one.target in one.engine.meant_for)]:
            fault.needs_a_person = True
            self.delete_pod(fault.target)
            for node in [node for node in self.nodes.values() if node.uid == fault.target]:
                self._schedulable(node.name, True)
