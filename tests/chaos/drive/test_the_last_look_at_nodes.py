"""Right before a node is drained: what has come to run on it since the launch is looked at again."""

from dataclasses import replace

import pytest

from chaos.domain.sight import Pod
from chaos.domain.states import RunState, StopKind
from chaos.domain.targets import Limits
from tests.support.builders import a_drain_spec, a_node


@pytest.fixture
def drained(world_of):
    world = world_of(a_drain_spec(), probe=lambda probe, at: 120.0)
    world.cluster.nodes = {"node-0": a_node()}
    return world


def arrive(world, **changes):
    pod = Pod("monitoring", "prometheus-0", "uid-p", "node-0", True, False, {"app": "prometheus"})
    world.cluster.standing["uid-p"] = (replace(pod, **changes), None)


def test_a_node_on_which_a_protected_pod_has_started_since_the_launch_is_not_drained(drained):
    drained.at(3, lambda: arrive(drained))
    drained.drive()
    assert not drained.cluster.times("inject")
    assert drained.store.stop.kind is StopKind.LIMITS
    assert "node-0 runs monitoring/prometheus-0, and namespace monitoring is protected" in (
        drained.store.stop.reason
    )
    assert drained.cluster.nodes["node-0"].is_schedulable


def test_a_namespace_protected_since_the_launch_keeps_its_node_from_being_drained(drained):
    arrive(drained, namespace="cards")
    limits = Limits(max_percent=50, protected_namespaces=("cards",))
    drained.at(3, lambda: setattr(drained.store, "limits", limits))
    drained.drive()
    assert not drained.cluster.times("inject")
    assert "namespace cards is protected" in drained.store.stop.reason


def test_what_runs_on_every_node_keeps_none_from_being_drained(drained):
    arrive(drained, is_of_node=True)
    drained.drive()
    assert len(drained.cluster.times("inject")) == 1
    assert drained.state is RunState.COMPLETED
