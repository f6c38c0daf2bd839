"""Limits of a cluster hold for every launch, whatever was approved."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chaos.domain.errors import Refused
from chaos.domain.spec import Stage
from chaos.models import Cluster, Run
from tests.support.builders import a_manual_spec, a_spec
from tests.support.launching import a_cluster, an_order, launched

pytestmark = pytest.mark.django_db


def _order_in(namespace: str):
    spec = a_spec()
    (fault,) = spec.faults
    targets = replace(fault.targets, namespace=namespace)
    return an_order(spec=replace(spec, faults=(replace(fault, targets=targets),)))


@pytest.mark.parametrize("namespace", ["chaos", "litmus", "monitoring", "kube-system"])
def test_what_injects_undoes_and_sees_is_never_launched_at(namespace):
    a_cluster()
    with pytest.raises(Refused, match=f"Namespace {namespace} is protected"):
        launched(order=_order_in(namespace))
    assert not Run.objects.exists()


def test_a_chaos_namespace_of_another_name_is_as_protected():
    a_cluster(protected_namespaces=())
    Cluster.objects.update(chaos_namespace="payments")
    with pytest.raises(Refused, match="Namespace payments is protected"):
        launched(order=_order_in("payments"))


def test_a_limit_set_after_the_approval_refuses_the_launch():
    a_cluster(max_percent=20)
    with pytest.raises(Refused, match="this cluster allows 20 %"):
        launched()


def test_a_ladder_by_hand_is_never_launched_whoever_compiled_it():
    a_cluster()
    (fault,) = a_manual_spec().faults
    spec = replace(a_manual_spec(), faults=(replace(fault, stages=(Stage(), Stage())),))
    with pytest.raises(Refused, match="manual has no ladder"):
        launched(order=an_order(spec=spec, ceiling=None))
    assert not Run.objects.exists()
