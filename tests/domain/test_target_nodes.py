"""Nodes by name: found by their labels or by the pods they run, never the control plane, never the last."""

import pytest

from chaos.domain.errors import OverLimits, Refused
from chaos.domain.sight import Pod
from chaos.domain.spec import TargetSpec
from chaos.domain.target_nodes import check_aboard, resolve_nodes, with_aboard
from chaos.domain.targets import Limits, resolve
from tests.support.builders import a_node

NODES = tuple(a_node(f"node-{i}", zone="ab"[i % 2]) for i in range(4))


def a_broker(number, node, **changes):
    values = {"is_ready": True, "is_leaving": False, "labels": {"app": "kafka"}}
    return Pod("kafka", f"kafka-{number}", f"uid-kafka-{number}", node, **(values | changes))


BROKERS = (a_broker(0, "node-2"), a_broker(1, "node-2"), a_broker(2, "node-3"), a_broker(3, "node-3"))
BY_LABEL = TargetSpec("", "node", {"role": "worker"}, count=1)
BY_POD = TargetSpec("kafka", "node-of", {"app": "kafka"}, count=1)


def resolved(targets, nodes=NODES, labelled=NODES, pods=BROKERS, **limits):
    return resolve_nodes(targets, nodes, labelled, pods, Limits(**({"max_percent": 50} | limits)))


def test_the_node_that_runs_the_pod_is_named_and_another_is_kept_free():
    found = resolved(BY_POD)
    assert found.names == ("node-2",)
    assert found.spare == "node-0"
    assert (found.matched, found.ready, found.size) == (4, 4, 1)
    assert str(found) == "1 of 4 nodes: node-2"


def test_the_pods_that_go_with_the_nodes_are_a_share_like_any_other():
    together = tuple(a_broker(number, "node-2") for number in range(3))
    with pytest.raises(OverLimits, match="3 of 3 pods is 100 %; this cluster allows 25 %"):
        resolved(BY_POD, pods=together, max_percent=25)
    with pytest.raises(OverLimits, match="2 of 4 pods is 50 %; this cluster allows 40 %"):
        resolved(BY_POD, max_percent=40)
    with pytest.raises(OverLimits, match="2 of 4 ready pods would leave 2; 3 must be left"):
        resolved(BY_POD, min_ready_left=3)
    leaving = (*BROKERS[:1], a_broker(1, "node-2", is_leaving=True), *BROKERS[2:])
    assert resolved(BY_POD, pods=leaving, max_percent=40).ready == 3


API = Pod("payments", "api-0", "uid-api-0", "node-2", True, False, {"app": "api"})


def aboard(*others, limits=None):
    return with_aboard(resolved(BY_POD), (*BROKERS[:2], *others), limits or Limits())


def other(namespace, name, **changes):
    return Pod(
        namespace, name, f"uid-{name}", "node-2", **({"is_ready": True, "is_leaving": False} | changes)
    )


def test_who_else_is_on_the_nodes_is_named_to_whoever_approves():
    found = aboard(API)
    assert str(found) == "1 of 4 nodes: node-2; on it: kafka/kafka-0, kafka/kafka-1, payments/api-0"
    assert found.names == ("node-2",)


@pytest.mark.parametrize("namespace", ["litmus", "monitoring", "gameday", "kube-system", "vault"])
def test_a_node_that_runs_what_undoes_or_sees_a_fault_is_no_target(namespace):
    limits = Limits(protected_namespaces=("litmus", "monitoring", "gameday", "vault"))
    sentence = f"node-2 runs {namespace}/operator-1, and namespace {namespace} is protected"
    with pytest.raises(OverLimits, match=sentence):
        aboard(API, other(namespace, "operator-1"), limits=limits)


def test_a_node_is_a_target_only_where_all_that_is_moved_has_opted_in():
    with pytest.raises(OverLimits, match="node-2 runs payments/api-0, and namespace payments has not opted"):
        aboard(API, limits=Limits(opted_in_namespaces=("kafka",)))
    assert len(aboard(API, limits=Limits(opted_in_namespaces=("kafka", "payments"))).aboard) == 3


def test_what_belongs_to_the_node_itself_is_not_moved_and_says_nothing():
    proxy = other("kube-system", "proxy-x", is_of_node=True)
    left = other("monitoring", "old-0", is_leaving=True)
    assert aboard(proxy, left).aboard == BROKERS[:2]


def test_a_pod_that_nothing_would_start_elsewhere_is_deleted_for_good_so_its_node_is_no_target():
    with pytest.raises(Refused, match="node-2 runs payments/debug, which no controller would replace"):
        aboard(other("payments", "debug", is_bare=True))


def a_pod_of(workload, number, node, **changes):
    values = {"is_ready": True, "is_leaving": False, "workload": workload} | changes
    return Pod("payments", f"{workload}-{number}", f"uid-{workload}-{number}", node, **values)


SIX = tuple(a_pod_of("deployment api", number, f"node-{number % 3}") for number in range(6))
ONE_NODE = TargetSpec("", "node", {"role": "worker"}, count=1)


def checked(pods, targets=ONE_NODE, **limits):
    allowed = Limits(**({"max_percent": 50, "max_nodes": 2} | limits))
    found = resolve_nodes(targets, NODES, NODES, pods, allowed)
    names = {node.name for node in found.nodes}
    found = with_aboard(found, [pod for pod in pods if pod.node in names], allowed)
    check_aboard(found, pods, allowed)
    return found


def test_what_runs_on_nodes_that_were_selected_by_their_labels_is_a_share_of_its_workload():
    assert len(checked(SIX).aboard) == 2
    sentence = r"^2 of 6 pods of deployment payments/api is 33 %; this cluster allows 25 %\.$"
    with pytest.raises(OverLimits, match=sentence):
        checked(SIX, max_percent=25)
    two = TargetSpec("", "node", {"role": "worker"}, count=2)
    with pytest.raises(OverLimits, match="4 of 6 pods of deployment payments/api is 66 %"):
        checked(SIX, two)


def test_enough_ready_pods_of_each_workload_are_left_beside_the_nodes():
    with pytest.raises(OverLimits, match="2 of 6 ready pods of deployment payments/api would leave 4; 5"):
        checked(SIX, min_ready_left=5)
    weak = [*SIX[:4], *(a_pod_of("deployment api", number, "node-1", is_ready=False) for number in (4, 5))]
    with pytest.raises(OverLimits, match="2 of 4 ready pods of deployment payments/api would leave 2; 3"):
        checked(weak, min_ready_left=3)


def test_every_workload_on_the_node_is_held_to_the_limits_not_only_the_one_that_selected_it():
    alone = (a_pod_of("statefulset ledger", 0, "node-1"),)
    with pytest.raises(OverLimits, match="1 of 1 pods of statefulset payments/ledger is 100 %"):
        checked((*BROKERS[:1], *(a_broker(n, f"node-{n}") for n in (1, 3)), *alone), BY_POD)


def test_what_is_not_ready_or_is_leaving_elsewhere_makes_no_share_smaller():
    idle = [a_pod_of("deployment api", n, "node-3", is_ready=False) for n in range(10, 16)]
    going = [a_pod_of("deployment api", n, "node-3", is_leaving=True) for n in range(20, 26)]
    with pytest.raises(OverLimits, match="2 of 6 pods"):
        checked([*SIX, *idle, *going], max_percent=25)


def test_what_is_on_every_node_is_no_share_of_anything():
    proxies = [a_pod_of("daemonset proxy", n, f"node-{n}", is_of_node=True) for n in range(2)]
    assert checked(proxies).aboard == ()


@pytest.mark.parametrize("nodes", [NODES, tuple(reversed(NODES))])
def test_the_same_cluster_gives_the_same_node_in_whatever_order_it_is_listed(nodes):
    assert resolved(BY_LABEL, nodes, nodes).names == ("node-0",)


def test_a_zone_narrows_the_choice():
    found = resolved(TargetSpec("", "node", {"role": "worker"}, count=1, zone="b"))
    assert found.names == ("node-1",)
    assert str(found) == "1 of 4 nodes, in the zone b: node-1"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"targets": TargetSpec("", "node", {"x": "y"}, count=2)}, "at the most"),
        ({"pods": ()}, "runs such pods"),
        ({"labelled": (), "targets": BY_LABEL}, "has these labels"),
        ({"nodes": NODES[2:3], "labelled": NODES[2:3]}, "No other node"),
        (
            {"targets": TargetSpec("", "node", {"x": "y"}, count=1, zone="c")},
            "in zone c .*The nodes are in a, b",
        ),
        (
            {"targets": TargetSpec("kafka", "node-of", {"x": "y"}, count=1, zone="c")},
            "in zone c .*The nodes are in a, b",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(change, sentence):
    with pytest.raises(Refused, match=sentence):
        resolved(**{"targets": BY_POD, **change})


def test_a_control_plane_node_is_never_a_target():
    control = (a_node("node-9", is_control_plane=True),)
    with pytest.raises(Refused):
        resolved(BY_LABEL, (*NODES, *control), control)


@pytest.mark.parametrize(
    "change",
    [
        {"is_schedulable": False},
        {"is_ready": False},
        {"taints": ("dedicated=gpu:NoSchedule",)},
        {"taints": ("soft:PreferNoSchedule", "maintenance:NoExecute")},
        {"hostname": ""},
    ],
    ids=str,
)
def test_a_node_that_would_not_take_the_experiments_pod_is_no_place_to_keep_to(change):
    """Its pod would stay Pending, and the fault be injected whenever the node lets it in."""
    nodes = (a_node("node-0", **change), *NODES[1:])
    assert resolved(BY_POD, nodes, nodes).spare == "node-1"


def test_a_node_is_kept_to_by_its_hostname_which_need_not_be_its_name():
    nodes = (a_node("node-0", taints=("soft:PreferNoSchedule",), hostname="host-0"), *NODES[1:])
    assert resolved(BY_POD, nodes, nodes).spare == "host-0"


def test_without_a_node_for_the_experiments_own_pod_nothing_is_a_target():
    nodes = tuple(a_node(node.name, taints=("dedicated=gpu:NoSchedule",)) for node in NODES)
    with pytest.raises(Refused, match="and without taints"):
        resolved(BY_POD, nodes, nodes)


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
    assert str(found).startswith(f"3 of 6 pods in payments, in the zone {zone}: api-")
    with pytest.raises(Refused, match="this cluster allows 40 %"):
        resolve(wanted, PODS, Limits(max_percent=40), NODES)


def test_a_zone_that_nothing_runs_in_is_refused_with_those_that_there_are():
    wanted = TargetSpec("payments", "deployment", {"app": "api"}, percent=100, zone="c")
    with pytest.raises(Refused, match="runs in zone c; the nodes are in a, b"):
        resolve(wanted, PODS, Limits(max_percent=50), NODES)
