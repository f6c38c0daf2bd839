"""What is wrong on purpose: the state that switches and faults set, and the rest of the platform reads."""

from collections import defaultdict
from dataclasses import dataclass, field

from deploy.rehearsal.traffic.links import Link, Links


@dataclass(frozen=True, slots=True)
class Effect:
    """What a fault does to one pod: `speed` of its CPU (1 = full), and what is wrong with its network.

    `blocks_probes`: its kubelet's readiness probes get no good answer either. Where it is done to a node,
    `pressure` is the condition that it puts it under; `is_down` that its kubelet is away, and `boots_for`
    the seconds after which the machine has started again by itself, with its kubelet; 0 where it goes on
    running, and somebody has to start the kubelet.
    """

    speed: float = 1.0
    answers: Links = ()
    fraud: Links = ()
    ledger: Links = ()
    blocks_probes: bool = False
    pressure: str = ""
    is_down: bool = False
    boots_for: float = 0.0


@dataclass(slots=True)
class Troubles:
    revert_stuck: bool = False  # starting pods never get ready, helper pods never end
    helpers_killed: bool = False  # helper pods are killed as soon as their fault is in
    certificate_expired: bool = False
    load: float = 1.0  # multiplies the request rate
    service_latency: dict[str, float] = field(default_factory=dict)  # app label -> seconds on each answer
    service_speed: dict[str, float] = field(default_factory=dict)  # app label -> share of the CPU left
    crashes: dict[str, str] = field(default_factory=dict)  # pod uid -> why its container ends now
    evictions: set[str] = field(default_factory=set)  # uids of pods whose disk is full: out with them now
    node_effects: dict[str, dict[str, Effect]] = field(default_factory=lambda: defaultdict(dict))
    _effects: dict[str, dict[str, Effect]] = field(default_factory=lambda: defaultdict(dict))

    def apply(self, pod_uid: str, cause: str, effect: Effect) -> None:
        """Put an effect on a pod; `cause` names it, so that its author can take it off again."""
        self._effects[pod_uid][cause] = effect

    def lift(self, pod_uid: str, cause: str) -> None:
        self._effects.get(pod_uid, {}).pop(cause, None)

    def forget(self, pod_uid: str) -> None:
        """The pod is gone, and its network namespace and cgroup with it."""
        self._effects.pop(pod_uid, None)
        self.crashes.pop(pod_uid, None)
        self.evictions.discard(pod_uid)

    def causes(self, pod_uid: str) -> list[str]:
        return sorted(self._effects.get(pod_uid, {}))

    def effects(self, pod_uid: str) -> list[Effect]:
        """What is done to the pod, each by itself, in the order of its causes."""
        found = self._effects.get(pod_uid, {})
        return [found[cause] for cause in sorted(found)]

    def blocks_probes(self, pod_uid: str) -> bool:
        return any(effect.blocks_probes for effect in self._effects.get(pod_uid, {}).values())

    def is_down(self, node: str) -> bool:
        """Whether the node's kubelet is away."""
        return node in self.node_effects and any(one.is_down for one in self.node_effects[node].values())

    def downed(self) -> list[str]:
        """The nodes whose kubelets are away."""
        return [node for node in self.node_effects if self.is_down(node)]

    def start_kubelet(self, node: str) -> None:
        """What somebody with access to the node does. A machine that starts again still takes its time."""
        effects = self.node_effects[node]
        for cause in [one for one, effect in effects.items() if effect.is_down and not effect.boots_for]:
            del effects[cause]

    def on(self, pod_uid: str, app: str, node: str = "") -> Effect:
        """All that bears on a pod now: speeds multiply, and its connections pass one link after another."""
        latency = self.service_latency.get(app, 0.0)
        total = Effect(self.service_speed.get(app, 1.0), (Link(latency),) if latency else ())
        own, shared = self._effects.get(pod_uid, {}), self.node_effects.get(node, {})
        for effect in (*own.values(), *shared.values()):
            total = Effect(
                total.speed * effect.speed,
                total.answers + effect.answers,
                total.fraud + effect.fraud,
                total.ledger + effect.ledger,
            )
        return total
