"""Scaling a workload: what is refused before it is approved, and what is in the way of an end."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chaos.domain.decisions import Restore
from chaos.domain.errors import Refused
from chaos.domain.presence import is_there
from chaos.domain.proof import unmet
from chaos.domain.reverting import UNDONE_WITHIN, decide
from chaos.domain.run import Marks
from chaos.domain.sight import Workload
from chaos.domain.spec import FaultSpec, TargetSpec
from chaos.domain.states import RunState
from chaos.domain.targets import Targets
from chaos.faults.catalogue import plan_injections
from tests.domain.views import NOW, a_sight, a_view, ago
from tests.support.builders import pods

API = Workload("deployment", "payments", "api", "uid-api", 6)
MINUTE = timedelta(seconds=60)
CUT_OFF = "statefulset.kubernetes.io/pod-name"


def scaling(*workloads, replicas="9"):
    where = TargetSpec("payments", "deployment", {"app": "api"}, count=1)
    spec = FaultSpec("pod-autoscaler", MINUTE, where, {"replicas": replicas})
    (injection,) = plan_injections(
        "0f0e0d0c", 0, spec, Targets("payments", pods()[:1], 6, 6, (), "", workloads)
    )
    return injection


@pytest.mark.parametrize(
    "workloads, replicas, sentence",
    [
        ((), "9", "here: none"),
        ((API, replace(API, name="web", uid="uid-web")), "9", "here: api, web"),
        ((API,), "6", "api has 6 replicas already"),
        ((API,), "2", "api has 6 replicas already"),
        ((replace(API, scaled_by="by-load"),), "9", "HorizontalPodAutoscaler by-load sets the number of api"),
    ],
)
def test_only_one_workload_can_be_scaled_and_only_up(workloads, replicas, sentence):
    with pytest.raises(Refused, match=sentence):
        scaling(*workloads, replicas=replicas)


def test_a_scaled_workload_is_seen_and_is_in_the_way_until_its_number_is_back():
    injection = scaling(API)
    view = a_view(RunState.REVERTING, injections=(injection,))
    there = a_sight(workloads=(replace(API, replicas=9),))
    assert is_there(view, injection, there)
    assert unmet(view, injection, there, ago(10)) == ("deployment payments/api has 9 replicas, not 6",)
    for back in ((API,), (), (replace(API, uid="of-another", replicas=9),)):
        assert not is_there(view, injection, a_sight(workloads=back))
        assert unmet(view, injection, a_sight(workloads=back), ago(10)) == ()


def test_where_litmus_did_not_scale_it_back_we_do_but_not_before_litmus_had_its_time():
    injection = scaling(API)
    sight = a_sight(engines=(), has_grant=False, workloads=(replace(API, replicas=9),))
    for gone_since, wanted in ((UNDONE_WITHIN.total_seconds() + 1, True), (1.0, False)):
        marks = Marks(granted_at=ago(60), accepted_at=ago(20), pods_gone_at=ago(gone_since))
        since = {"last_act_at": ago(20), "state_since": ago(25)}
        view = a_view(RunState.REVERTING, injections=(injection,), marks=marks, seen=sight, **since)
        assert (decide(view, NOW) == Restore(0)) is wanted
