"""What the real adapter is asked for: also a fault that leaves something beside its targets."""

from __future__ import annotations

from datetime import timedelta

from chaos.domain.injection import Injection
from chaos.domain.spec import FaultSpec, RunSpec, TargetSpec
from chaos.domain.targets import Targets
from chaos.faults.catalogue import find, plan_injections
from tests.simulation.on_the_api.kube import named
from tests.simulation.scenario import ASKED as SIMPLER
from tests.simulation.scenario import DURATIONS, LONG, PROBE, SHORT, Asked
from tests.support.builders import a_spec, pods


def a_cut(duration: timedelta) -> tuple[RunSpec, Injection]:
    """A pod of a StatefulSet is cut off by a NetworkPolicy, proven gone by p99."""
    targets = TargetSpec("payments", "statefulset", {"app": "api"}, count=1)
    parameters = find("pod-network-partition").canonical({"proven_by": PROBE.name})
    fault = FaultSpec("pod-network-partition", duration, targets, parameters)
    spec = a_spec(probes=(PROBE,), durations=DURATIONS, faults=(fault,))
    found = Targets("payments", tuple(map(named, pods()))[:1], 6, 6)
    return spec, plan_injections("0f0e0d0c", 0, fault, found)[0]


ASKED: Asked = {each: [*SIMPLER[each], a_cut(each)] for each in (SHORT, LONG)}
