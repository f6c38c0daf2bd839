"""Cutting a pod off: what is refused before it is approved, and how it is seen."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chaos.domain.errors import Refused
from chaos.domain.presence import is_there
from chaos.domain.sight import ResidueKind, Workload
from chaos.domain.spec import FaultSpec, TargetSpec
from chaos.domain.states import RunState
from chaos.domain.targets import Targets
from chaos.faults.catalogue import find, plan_injections
from tests.domain.views import a_sight, a_view, residue
from tests.support.builders import pods

API = Workload("deployment", "payments", "api", "uid-api", 6)
MINUTE = timedelta(seconds=60)
CUT_OFF = "statefulset.kubernetes.io/pod-name"


def cutting(*chosen):
    where = TargetSpec("payments", "statefulset", {"app": "api"}, count=1)
    parameters = {"direction": "all", "proven_by": "p99"}
    spec = FaultSpec("pod-network-partition", MINUTE, where, parameters)
    (injection,) = plan_injections("0f0e0d0c", 0, spec, Targets("payments", chosen, 6, 6))
    return injection


@pytest.mark.parametrize(
    "chosen", [pods()[:1], pods()[:2], (replace(pods()[0], labels={CUT_OFF: "of-another"}),)]
)
def test_only_a_pod_with_a_label_of_its_own_can_be_cut_off(chosen):
    with pytest.raises(Refused, match="only a pod of a StatefulSet"):
        cutting(*chosen)


def test_a_pod_is_cut_off_by_its_own_label_and_the_policy_is_seen():
    injection = cutting(replace(pods()[0], labels={"app": "api", CUT_OFF: "api-0"}))
    assert injection.app_label == f"{CUT_OFF}=api-0"
    view = a_view(RunState.INJECTING, injections=(injection,))
    assert not is_there(view, injection, a_sight())
    assert is_there(view, injection, a_sight(residue=(residue(ResidueKind.POLICY),)))


@pytest.mark.parametrize("name", ["pod-network-partition", "pod-autoscaler"])
def test_more_than_one_at_a_time_is_refused_in_the_plan(name):
    fault = find(name)
    targets = TargetSpec("payments", "statefulset", {"app": "api"}, count=1)
    fault.check_targets(targets)
    for wrong in (replace(targets, count=2), replace(targets, count=None, percent=10)):
        with pytest.raises(Refused, match="count: 1"):
            fault.check_targets(wrong)
    with pytest.raises(Refused, match=r"takes targets of kind .*statefulset, not daemonset"):
        fault.check_targets(replace(targets, kind="daemonset"))
