"""Which pods a fault may touch: resolved by name, as a share of what they are a share of.

Limits belong to the cluster and are set by an administrator; no author overrides them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from chaos.domain.durations import say_duration
from chaos.domain.errors import OverLimits, Refused
from chaos.domain.images import USUAL_IMAGES
from chaos.domain.sight import Node, Pod, Workload
from chaos.domain.spec import FaultSpec, RunSpec, TargetSpec

ALWAYS_PROTECTED = ("kube-system", "kube-public", "kube-node-lease")
USUALLY_PROTECTED = (*ALWAYS_PROTECTED, "litmus", "monitoring", "gameday")
"""What undoes a fault and what sees it stay whole, unless an administrator knows better."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a cluster allows at the most. `max_percent` is of the matched pods."""

    max_percent: int = 25
    protected_namespaces: tuple[str, ...] = USUALLY_PROTECTED
    max_fault: timedelta = timedelta(minutes=60)
    min_ready_left: int = 1
    opted_in_namespaces: tuple[str, ...] = field(default=())
    """When not empty, only these namespaces may be touched."""
    max_nodes: int = 1
    """How many nodes one scenario may touch."""
    allow_unprovable: bool = False
    """Whether faults are allowed of which it cannot be proven that they are gone."""
    images: tuple[str, ...] = USUAL_IMAGES
    """What experiments may run; each entry as chaos.domain.images reads it."""

    def why_not_in(self, namespace: str) -> str:
        """Why no pod of this namespace may be touched; empty when they may."""
        if namespace in {*self.protected_namespaces, *ALWAYS_PROTECTED}:
            return "is protected on this cluster"
        if self.opted_in_namespaces and namespace not in self.opted_in_namespaces:
            return f"has not opted in; this cluster allows {', '.join(self.opted_in_namespaces)}"
        return ""


@dataclass(frozen=True, slots=True)
class Targets:
    """The named pods or nodes, out of `matched` that the selector found, `ready` of them ready.

    For nodes found by the pods they run, `matched` counts the cluster's nodes and `ready` those pods that are
    ready. `spare` is the hostname of a node that is no target, for whatever must keep off the targets.
    """

    namespace: str
    pods: tuple[Pod, ...]
    matched: int
    ready: int
    nodes: tuple[Node, ...] = ()
    spare: str = ""
    workloads: tuple[Workload, ...] = ()
    """What a fault on whole workloads changes; empty for all others."""
    aboard: tuple[Pod, ...] = ()
    """Pods of the nodes, of whatever namespace, that would be moved or suffer with them."""
    zone: str = ""
    """The one zone that they were looked for in; empty for any."""

    @property
    def names(self) -> tuple[str, ...]:
        return (*(pod.name for pod in self.pods), *(node.name for node in self.nodes))

    @property
    def size(self) -> int:
        """How much is touched: what an approver's ceiling counts."""
        return len(self.pods) + len(self.nodes)

    def __str__(self) -> str:
        if self.workloads:
            each = (f"{one}, {one.replicas} replicas" for one in self.workloads)
            return "; ".join(each)
        there = f", in the zone {self.zone}" if self.zone else ""
        if self.nodes:
            told = f"{len(self.nodes)} of {self.matched} nodes{there}: {', '.join(self.names)}"
            where = "them" if len(self.nodes) > 1 else "it"
            return told + (
                f"; on {where}: {', '.join(pod.path for pod in self.aboard)}" if self.aboard else ""
            )
        return f"{len(self.pods)} of {self.matched} pods in {self.namespace}{there}: {', '.join(self.names)}"


def check_limits(spec: RunSpec, limits: Limits, unprovable: Collection[str]) -> None:
    """What can be refused without a look at the cluster; `unprovable` are names of faults. Raises Refused."""
    for index, fault in enumerate(spec.faults):
        where = f"scenarios.{spec.scenario}.faults[{index}]"
        if fault.fault in unprovable and not limits.allow_unprovable:
            raise OverLimits(
                f"It cannot be proven that {fault.fault} is gone; such faults are off on this cluster unless "
                "its administrator allows them.",
                f"{where}.fault",
            )
        _check_duration(fault, limits, f"{where}.duration")
        for number, rung in enumerate(fault.rungs):
            is_own = fault.targets and rung.targets != fault.targets
            if rung.targets:
                place = f"{where}.stages[{number}]" if is_own else f"{where}.targets"
                _check_selector(rung.targets, limits, where, place)


def _check_duration(fault: FaultSpec, limits: Limits, field: str) -> None:
    """Of a ladder all rungs together."""
    rungs, one = len(fault.rungs), say_duration(fault.duration)
    total = rungs * fault.duration
    if total > limits.max_fault:
        what = f"{rungs} rungs of {one} last {say_duration(total)} together" if rungs > 1 else ""
        allowed = f"the cluster allows {say_duration(limits.max_fault)} at the most"
        raise OverLimits(f"{what or f'The fault lasts {one}'}, {allowed}.", field)


def _check_selector(targets: TargetSpec, limits: Limits, where: str, size_at: str) -> None:
    """`size_at` is where its count or percent stands: its own place or that of a rung."""
    if targets.is_of_nodes:
        check_nodes(targets.count or 0, limits, f"{size_at}.count")
    if targets.kind != "node":  # what runs on nodes shows at a look
        why = limits.why_not_in(targets.namespace)
        if why:
            sentence = f"Namespace {targets.namespace} {why}; choose targets elsewhere."
            raise OverLimits(sentence, f"{where}.targets.namespace")
    if not targets.labels or not all(key and value for key, value in targets.labels.items()):
        raise Refused(
            "A selector without labels would match every pod of the namespace; name at least one label.",
            f"{where}.targets.labels",
        )
    is_of_whole = not (targets.is_of_nodes or targets.zone)  # else the share of the whole shows at a look
    if is_of_whole and targets.percent is not None and targets.percent > limits.max_percent:
        raise OverLimits(
            f"{targets.percent} % of the pods is more than the {limits.max_percent} % this cluster allows.",
            f"{size_at}.percent",
        )


def check_nodes(count: int, limits: Limits, field: str = "targets.count") -> None:
    """Raises OverLimits."""
    if count > limits.max_nodes:
        raise OverLimits(f"{count} nodes are more than the {limits.max_nodes} this cluster allows.", field)


def check_share(count: int, matched: int, ready: int, limits: Limits, whose: str = "") -> None:
    """`count` of `matched` pods, of which `ready` are ready; `whose`, for the sentence. Raises OverLimits."""
    of = f" of {whose}" if whose else ""
    if count * 100 > limits.max_percent * matched:
        raise OverLimits(
            f"{count} of {matched} pods{of} is {count * 100 // matched} %; "
            f"this cluster allows {limits.max_percent} %.",
            "targets.count",
        )
    least = max(1, limits.min_ready_left)
    if ready - count < least:
        raise OverLimits(
            f"{count} of {ready} ready pods{of} would leave {max(0, ready - count)}; {least} must be left.",
            "targets.count",
        )


def wanted_count(targets: TargetSpec, matched: int) -> int:
    """How many of `matched` pods are meant: the count, or the percentage floored, at least one."""
    if targets.count is not None:
        return targets.count
    return max(1, matched * (targets.percent or 0) // 100)


def resolve(targets: TargetSpec, pods: Sequence[Pod], limits: Limits, nodes: Sequence[Node] = ()) -> Targets:
    """Name the pods. Ready ones only, spread by node, in an order that is the same for the same pods.

    With a zone, pods on that zone's `nodes` alone, and a percentage is of those; the cluster's limits are of
    all that match in either case.

    Raises Refused when nothing matches, too few are ready, or a limit would be passed.
    """
    selector = ", ".join(f"{key}={value}" for key, value in sorted(targets.labels.items()))
    staying = [pod for pod in pods if not pod.is_leaving]
    ready = [pod for pod in staying if pod.is_ready]
    if not staying:
        raise Refused(
            f"No pod in {targets.namespace} has {selector}; check the namespace and the labels.",
            "targets.labels",
        )
    bare = [pod.name for pod in staying if pod.is_bare]
    if bare:
        raise Refused(
            f"{', '.join(bare)}: no controller would replace it once it is gone; narrow the selector.",
            "targets.labels",
        )
    zone = {node.name for node in nodes if node.zone == targets.zone}
    there = [pod for pod in ready if not targets.zone or pod.node in zone]
    if targets.zone and not there:
        sentence = f"No ready pod with {selector} runs in zone {targets.zone}; the nodes are in"
        raise Refused(f"{sentence} {zones_of(nodes)}.", "targets.zone")
    count = wanted_count(targets, len(there) if targets.zone else len(staying))
    if targets.zone and count > len(there):
        raise Refused(f"{count} pods are asked for; {len(there)} are ready to choose from.", "targets.count")
    if count < 1:  # no names at all would let Litmus choose for itself
        raise Refused(f"{count} pods make no target; at least one must be named.", "targets.count")
    check_share(count, len(staying), len(ready), limits)
    chosen = tuple(_spread(there)[:count])
    return Targets(targets.namespace, chosen, len(staying), len(ready), zone=targets.zone)


def zones_of(nodes: Sequence[Node]) -> str:
    """Their zones, for a sentence."""
    return ", ".join(sorted({node.zone for node in nodes if node.zone})) or "no zone that they name"


def _spread(pods: Sequence[Pod]) -> list[Pod]:
    """By name, but one node after another, so that two targets share a node as late as possible."""
    seen: dict[str, int] = {}
    ranked = []
    for pod in sorted(pods, key=lambda pod: pod.name):
        seen[pod.node] = seen.get(pod.node, 0) + 1
        ranked.append((seen[pod.node], pod.name, pod))
    return [pod for _, _, pod in sorted(ranked, key=lambda item: item[:2])]
