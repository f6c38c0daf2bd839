"""The explicit table of faults.

Adding one touches its own file, its test, its page and this table; for the practice cluster its program, in
`deploy/rehearsal/litmus/faults`, and the settings that the stand-in takes for it (`known.py`); and its case
and its settings as Litmus reads them, in `tests/adapters`.
"""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches

from chaos.domain.errors import Refused
from chaos.domain.injection import Injection, PreImage
from chaos.domain.spec import FaultSpec
from chaos.domain.targets import Targets
from chaos.faults.base import Fault
from chaos.faults.container_kill import ContainerKill
from chaos.faults.manual import Manual
from chaos.faults.node_drain import NodeDrain
from chaos.faults.node_services import KubeletServiceKill, NodeRestart
from chaos.faults.node_stress import NodeCpuHog, NodeIoStress, NodeMemoryHog
from chaos.faults.node_taint import NodeTaint
from chaos.faults.pod_autoscaler import PodAutoscaler
from chaos.faults.pod_delete import PodDelete
from chaos.faults.pod_dns import PodDnsError, PodDnsSpoof
from chaos.faults.pod_http import (
    PodHttpLatency,
    PodHttpModifyBody,
    PodHttpModifyHeader,
    PodHttpResetPeer,
    PodHttpStatusCode,
)
from chaos.faults.pod_network import (
    PodNetworkCorruption,
    PodNetworkDuplication,
    PodNetworkLatency,
    PodNetworkLoss,
    PodNetworkRateLimit,
)
from chaos.faults.pod_network_partition import PodNetworkPartition
from chaos.faults.pod_stress import DiskFill, PodCpuHog, PodIoStress, PodMemoryHog

_ALL: tuple[Fault, ...] = (
    PodDelete(),
    ContainerKill(),
    PodNetworkLatency(),
    PodNetworkLoss(),
    PodNetworkCorruption(),
    PodNetworkDuplication(),
    PodNetworkRateLimit(),
    PodNetworkPartition(),
    PodCpuHog(),
    PodMemoryHog(),
    PodIoStress(),
    DiskFill(),
    PodDnsError(),
    PodDnsSpoof(),
    PodHttpLatency(),
    PodHttpStatusCode(),
    PodHttpModifyHeader(),
    PodHttpModifyBody(),
    PodHttpResetPeer(),
    PodAutoscaler(),
    NodeDrain(),
    NodeTaint(),
    NodeCpuHog(),
    NodeMemoryHog(),
    NodeIoStress(),
    KubeletServiceKill(),
    NodeRestart(),
    Manual(),
)
FAULTS: dict[str, Fault] = {fault.name: fault for fault in _ALL}
UNPROVABLE = frozenset(name for name, fault in FAULTS.items() if not fault.is_provable)
ONCE_BY_HAND = (
    "{name} has no ladder: its words, injected and reverted, are said once in a run. "
    "Plan a scenario for each rung."
)


def find(name: str) -> Fault:
    """Raises Refused, naming what there is."""
    try:
        return FAULTS[name]
    except KeyError:
        near = get_close_matches(name, FAULTS, n=2)
        meant = f" Did you mean {' or '.join(near)}?" if near else ""
        raise Refused(
            f"There is no fault {name!r}.{meant} The catalogue has {', '.join(FAULTS)}.", "fault"
        ) from None


def chosen(spec: FaultSpec) -> str:
    """Its parameters as people read them, `latency 500ms`: those that are not as when they are left out."""
    fault = FAULTS.get(spec.fault)
    usual = {item.name: item.default for item in fault.parameters} if fault else {}
    given = spec.parameters.items()
    return ", ".join(
        f"{name} {value}" for name, value in given if name != "proven_by" and value != usual.get(name)
    )


def plan_injections(run_short: str, first: int, spec: FaultSpec, targets: Targets | None) -> list[Injection]:
    """The injections with inverse, pre-image and postcondition, before anything is done.

    Litmus takes one node an engine, so a fault on several nodes is as many injections; `first` is the index
    of the first of them. Raises Refused for what the targets do not allow, and for a person's second one.
    """
    if first and not find(spec.fault).needs_targets:
        raise Refused(ONCE_BY_HAND.format(name=spec.fault), "stages")
    if targets and targets.nodes:
        each = [replace(targets, nodes=(node,)) for node in targets.nodes]
        return [_injection(run_short, first + number, spec, one) for number, one in enumerate(each)]
    return [_injection(run_short, first, spec, targets)]


def _injection(run_short: str, index: int, spec: FaultSpec, targets: Targets | None) -> Injection:
    part = find(spec.fault).part(spec, targets)
    on_pods = spec.targets is not None and not spec.targets.is_of_nodes
    labels = sorted(spec.targets.labels.items()) if spec.targets and on_pods else ()
    return Injection(
        index=index,
        name=f"gd-{run_short}-{index}",
        fault=spec.fault,
        experiment=part.experiment,
        env=part.env,
        namespace=targets.namespace if targets else "",
        targets=targets.pods if targets else (),
        app_label=part.app_label or ("=".join(labels[0]) if labels else ""),
        app_kind=spec.targets.kind if spec.targets and on_pods else "",
        duration=spec.duration,
        inverse=part.inverse,
        sign=part.sign,
        pre_image=PreImage(targets.matched, targets.ready) if targets else PreImage(),
        postcondition=part.postcondition,
        instructions=part.instructions,
        person_within=part.person_within,
        nodes=targets.nodes if targets else (),
        leaving=part.leaving,
        keep_to=targets.spare if targets else "",
    )
