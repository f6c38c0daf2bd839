"""Nodes by name: found by their labels or by the pods they run, never the control plane, never the last."""

import pytest

from chaos.domain.errors import Refused
from chaos.domain.sight import Pod
from chaos.domain.spec import TargetSpec
from chaos.domain.target_nodes import resolve_nodes
from chaos.domain.targets import Limits, resolve
from tests.support.builders import a_node

NODES = tuple(a_node(f"node-{i}", zone="ab"[i % 2]) for i in range(4))
BROKER = Pod("kafka", "kafka-1", "uid-kafka-1", "node-2", True, False, {"app": "kafka"})
BY_LABEL = TargetSpec("", "node", {"role": "worker"}, count=1)
BY_POD = TargetSpec("kafka", "node-of", {"app": "kafka"}, count=1)


def resolved(targets, nodes=NODES, labelled=NODES, pods=(BROKER,), **limits):
    return resolve_nodes(targets, nodes, labelled, pods, Limits(**limits))


def test_the_node_that_runs_the_pod_is_named_and_another_is_kept_free():
    found = resolved(BY_POD)
    assert found.names == ("node-2",)
    assert found.spare == "node-0"
    assert (found.matched, found.ready, found.size) == (4, 1, 1)
    assert str(found) == "1 of 4 nodes: node-2"


@pytest.mark.parametrize("nodes", [NODES, tuple(reversed(NODES))])
def test_the_same_cluster_gives_the_same_node_in_whatever_order_it_is_listed(nodes):
    assert resolved(BY_LABEL, nodes, nodes).names == ("node-0",)


def test_a_zone_narrows_the_choice():
    assert resolved(TargetSpec("", "node", {"role": "worker"}, count=1, zone="b")).names == ("node-1",)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"targets": TargetSpec("", "node", {"x": "y"}, count=2)}, "at the most"),
        ({"pods": ()}, "runs such pods"),
        ({"labelled": (), "targets": BY_LABEL}, "has these labels"),
        ({"nodes": NODES[2:3], "labelled": NODES[2:3]}, "No other node"),
        ({"targets": TargetSpec("", "node", {"x": "y"}, count=1, zone="c")}, "in zone c"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(change, sentence):
    with pytest.raises(Refused, match=sentence):
        resolved(**{"targets": BY_POD, **change})


def test_a_control_plane_node_is_never_a_target():
    control = (a_node("node-9", is_control_plane=True),)
    with pytest.raises(Refused):
        resolved(BY_LABEL, (*NODES, *control), control)


def test_a_cordoned_node_is_no_place_to_keep_to():
    nodes = (a_node("node-0", is_schedulable=False), *NODES[1:])
    assert resolved(BY_POD, nodes, nodes).spare == "node-1"


PODS = tuple(
    Pod("payments", f"api-{i}", f"uid-{i}", f"node-{i % 4}", True, False, {"app": "api"}) for i in range(6)
)


@pytest.mark.parametrize(
    ("zone", "names"), [("a", ("api-0", "api-2", "api-4")), ("b", ("api-1", "api-3", "api-5"))]
)
def test_the_pods_of_one_zone_are_named_and_the_limit_is_of_all(zone, names):
    wanted = TargetSpec("payments", "deployment", {"app": "api"}, percent=100, zone=zone)
    found = resolve(wanted, PODS, Limits(max_percent=50), NODES)
    assert (sorted(found.names), found.matched) == (sorted(names), 6)
    with pytest.raises(Refused, match="this cluster allows 40 %"):
        resolve(wanted, PODS, Limits(max_percent=40), NODES)


def test_a_zone_that_nothing_runs_in_is_refused():
    wanted = TargetSpec("payments", "deployment", {"app": "api"}, percent=100, zone="c")
    with pytest.raises(Refused, match="runs in zone c"):
        resolve(wanted, PODS, Limits(max_percent=50), NODES)
