"""What is wrong on purpose: the state that switches and faults set, and the rest of the platform reads."""

from collections import defaultdict
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Effect:
    """What a fault does to one pod: `speed` of its CPU (1 = full), `latency` seconds on each answer."""

    speed: float = 1.0
    latency: float = 0.0


@dataclass(slots=True)
class Troubles:
    revert_stuck: bool = False  # starting pods never get ready, helper pods never end
    certificate_expired: bool = False
    load: float = 1.0  # multiplies the request rate
    service_latency: dict[str, float] = field(default_factory=dict)  # app label -> seconds on each answer
    service_speed: dict[str, float] = field(default_factory=dict)  # app label -> share of the CPU left
    _effects: dict[str, dict[str, Effect]] = field(default_factory=lambda: defaultdict(dict))

    def apply(self, pod_uid: str, cause: str, effect: Effect) -> None:
        """Put an effect on a pod; `cause` names it, so that its author can take it off again."""
        self._effects[pod_uid][cause] = effect

    def lift(self, pod_uid: str, cause: str) -> None:
        self._effects[pod_uid].pop(cause, None)

    def forget(self, pod_uid: str) -> None:
        """The pod is gone, and its network namespace and cgroup with it."""
        self._effects.pop(pod_uid, None)

    def on(self, pod_uid: str, app: str) -> Effect:
        """All that bears on a pod now: speeds multiply, latencies add."""
        total = Effect(self.service_speed.get(app, 1.0), self.service_latency.get(app, 0.0))
        for effect in self._effects.get(pod_uid, {}).values():
            total = Effect(total.speed * effect.speed, total.latency + effect.latency)
        return total
