"""How we know that it is gone: of a fault on nodes the text promises what is measured, and no more."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chaos.domain.spec import FaultSpec, TargetSpec
from chaos.domain.targets import Targets
from chaos.faults import example
from chaos.faults.catalogue import FAULTS
from tests.support.builders import a_node

BY_PODS = TargetSpec("payments", "node-of", {"app": "api"}, count=1)
BY_LABEL = TargetSpec("", "node", {"role": "worker"}, count=1)
ON_NODES = [name for name, fault in FAULTS.items() if fault.on_nodes]


def measured(name: str, where: TargetSpec):
    fault = FAULTS[name]
    asked = fault.canonical(example.item(fault).get("parameters", {}))
    spec = FaultSpec(name, timedelta(seconds=60), where, asked)
    targets = Targets(where.namespace, (), 3, 6, (a_node("node-1"),), "node-2")
    return fault.part(spec, targets).postcondition


@pytest.mark.parametrize("name", ON_NODES)
def test_the_text_speaks_of_what_is_measured_of_the_node_and_of_nothing_else(name):
    said, post = FAULTS[name].proof, measured(name, BY_LABEL)
    assert ("taint" in said) == bool(post.taint_keys)
    assert ("takes new pods" in said) == post.cordons
    assert ("Pressure" in said) == bool(post.pressures)
    assert ("proven_by" in said) == bool(post.probe)
    assert "node is ready" in said and post.nodes


@pytest.mark.parametrize("name", ON_NODES)
def test_pods_are_waited_for_only_where_they_led_to_the_node_and_the_text_says_so(name):
    assert measured(name, BY_PODS).ready_at_least == 6
    assert measured(name, BY_LABEL).ready_at_least == 0
    assert "chosen by the pods it runs (node-of), as many of those are ready" in FAULTS[name].proof
    assert "No other pods are waited for" in FAULTS[name].proof


def test_nothing_is_said_to_end_by_its_duration_that_does_not():
    by_litmus = "Litmus ends the fault by itself after that time"
    assert by_litmus in FAULTS["node-taint"].lasts
    for name in (
        "node-restart",
        "kubelet-service-kill",
        "node-drain",
        "pod-delete",
        "container-kill",
        "manual",
    ):
        assert by_litmus not in FAULTS[name].lasts
    assert "Neither it nor anybody ends a restart" in FAULTS["node-restart"].lasts
