"""The explicit table of faults. Adding one touches its own file, its test, its page and this table."""

from __future__ import annotations

from collections.abc import Sequence

from chaos.domain.errors import Refused
from chaos.domain.injection import Injection, PreImage
from chaos.domain.spec import FaultSpec
from chaos.domain.targets import Targets
from chaos.faults.base import Fault
from chaos.faults.manual import Manual
from chaos.faults.pod_delete import PodDelete
from chaos.faults.pod_network import (
    PodNetworkCorruption,
    PodNetworkDuplication,
    PodNetworkLatency,
    PodNetworkLoss,
    PodNetworkRateLimit,
)

_ALL: tuple[Fault, ...] = (
    PodDelete(),
    PodNetworkLatency(),
    PodNetworkLoss(),
    PodNetworkCorruption(),
    PodNetworkDuplication(),
    PodNetworkRateLimit(),
    Manual(),
)
FAULTS: dict[str, Fault] = {fault.name: fault for fault in _ALL}


def find(name: str) -> Fault:
    """Raises Refused, naming what there is."""
    try:
        return FAULTS[name]
    except KeyError:
        raise Refused(
            f"There is no fault {name!r}; the catalogue has {', '.join(FAULTS)}.", "fault"
        ) from None


def plan_injection(run_short: str, index: int, spec: FaultSpec, targets: Targets | None) -> Injection:
    """The injection with inverse, pre-image and postcondition, before anything is done."""
    part = find(spec.fault).part(spec, targets)
    labels: Sequence[tuple[str, str]] = sorted(spec.targets.labels.items()) if spec.targets else ()
    return Injection(
        index=index,
        name=f"gd-{run_short}-{index}",
        fault=spec.fault,
        experiment=part.experiment,
        env=part.env,
        namespace=targets.namespace if targets else "",
        targets=targets.pods if targets else (),
        app_label="=".join(labels[0]) if labels else "",
        app_kind=spec.targets.kind if spec.targets else "",
        duration=spec.duration,
        inverse=part.inverse,
        sign=part.sign,
        pre_image=PreImage(targets.matched, targets.ready) if targets else PreImage(),
        postcondition=part.postcondition,
        instructions=part.instructions,
        person_within=part.person_within,
    )
