"""Whom a fault on a node has to drive off before it is there as planned."""

from datetime import timedelta

import pytest

from chaos.domain.sight import Pod
from chaos.domain.spec import FaultSpec, TargetSpec
from chaos.domain.targets import Targets
from chaos.faults import example
from chaos.faults.catalogue import find, plan_injections
from tests.support.builders import a_node, pods

NODES = (a_node("node-0"), a_node("node-1"))
WEB = Pod("payments", "web-0", "uid-web", "node-0", True, False, {"app": "web"})
SAME = Pod("staging", "api-0", "uid-staging", "node-0", True, False, {"app": "api"})
ABOARD = (*pods()[:2], WEB, SAME)
BY_PODS = TargetSpec("payments", "node-of", {"app": "api"}, count=2)
BY_LABEL = TargetSpec("", "node", {"role": "worker"}, count=2)


def leaving(name, where, **parameters):
    """By node, who has to leave it."""
    fault = find(name)
    spec = FaultSpec(
        name, timedelta(seconds=30), where, fault.canonical(example.parameters(fault) | parameters)
    )
    targets = Targets(where.namespace, (), 6, 6, NODES, "node-5", aboard=ABOARD)
    return [[pod.path for pod in one.leaving] for one in plan_injections("0f0e0d0c", 0, spec, targets)]


@pytest.mark.parametrize(
    ("name", "parameters"), [("node-drain", {}), ("node-taint", {"effect": "NoExecute"})]
)
def test_of_a_node_that_is_found_by_its_pods_those_and_each_from_its_own(name, parameters):
    assert leaving(name, BY_PODS, **parameters) == [["payments/api-0"], ["payments/api-1"]]


def test_of_a_drained_node_that_is_found_by_its_labels_everybody():
    everybody = ["payments/api-0", "payments/web-0", "staging/api-0"]
    assert leaving("node-drain", BY_LABEL) == [everybody, ["payments/api-1"]]


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("node-taint", {"effect": "NoExecute"}),
        ("node-taint", {"effect": "NoSchedule"}),
        ("node-cpu-hog", {}),
        ("kubelet-service-kill", {}),
    ],
)
def test_nobody_where_nothing_could_refuse_it_or_nobody_has_to_go(name, parameters):
    assert leaving(name, BY_LABEL, **parameters) == [[], []]
