"""What stands on the practice platform before anyone does anything to it."""

from collections import Counter

from deploy.rehearsal.api import install
from deploy.rehearsal.platform.bank import build
from deploy.rehearsal.platform.facts import is_ready, labels
from deploy.rehearsal.store import BUDGETS, CHAOS_EXPERIMENTS, NAMESPACES, NODES, PODS, Store
from deploy.rehearsal.store.objects import is_going, name_of

ZONE = "topology.kubernetes.io/zone"


def test_there_are_six_ready_nodes_two_in_each_of_three_zones(bench):
    nodes = list(bench.store.view(NODES))
    assert [name_of(node) for node in nodes] == [f"worker-node-0{number}" for number in range(1, 7)]
    assert [labels(node)[ZONE] for node in nodes] == ["eu-1a", "eu-1a", "eu-1b", "eu-1b", "eu-1c", "eu-1c"]
    assert all(is_ready(node) for node in nodes)


def test_every_workload_is_ready_at_the_start(bench):
    assert (bench.serving("payments-api"), bench.serving("fraud-detector")) == (6, 3)
    assert bench.names("kafka", "kafka") == ["kafka-0", "kafka-1", "kafka-2"]
    assert bench.serving("kafka", "kafka") == 3


def test_kafka_1_runs_on_worker_node_03(bench):
    assert bench.pod("kafka-1", "kafka")["spec"]["nodeName"] == "worker-node-03"


def test_what_watches_and_what_breaks_keep_to_a_node_that_no_fault_is_done_to(bench):
    found = [pod for space in ("monitoring", "litmus") for pod in bench.store.view(PODS, space)]
    assert {pod["spec"]["nodeName"] for pod in found} == {"worker-node-02"}
    assert len(found) == 3


def zones_of_payments(bench):
    zone = {name_of(node): labels(node)[ZONE] for node in bench.store.view(NODES)}
    return Counter(zone[pod["spec"]["nodeName"]] for pod in bench.pods() if not is_going(pod))


def taint(bench, *names):
    """As the zone's own failure does, and off again for none."""
    for node in bench.store.view(NODES):
        there = [{"key": "lost", "effect": "NoExecute"}] if name_of(node) in names else []
        bench.store.patch(NODES, name_of(node), {"spec": {"taints": there}})


def test_payments_api_runs_in_two_of_the_three_zones_three_and_three(bench):
    assert zones_of_payments(bench) == {"eu-1a": 3, "eu-1c": 3}


def test_half_of_payments_api_goes_with_its_zone_and_is_back_in_the_others(bench):
    taint(bench, "worker-node-05", "worker-node-06")
    bench.wait(0.5)
    assert bench.serving() == 3
    assert bench.seconds_until(lambda: bench.serving() == 6) < 15
    assert "eu-1c" not in zones_of_payments(bench)


def test_pods_that_are_replaced_keep_the_zones_in_balance(bench):
    for name in bench.names()[:3]:
        bench.delete(name)
    bench.seconds_until(lambda: bench.serving() == 6)
    assert zones_of_payments(bench) == {"eu-1a": 3, "eu-1c": 3}


def test_the_brokers_budget_lets_one_of_three_go(bench):
    assert bench.store.get(BUDGETS, "kafka", "kafka")["status"]["disruptionsAllowed"] == 1


def test_a_lost_broker_uses_the_budget_up_until_it_is_back(bench):
    bench.delete("kafka-1", "kafka")
    assert bench.store.get(BUDGETS, "kafka", "kafka")["status"]["disruptionsAllowed"] == 0
    bench.seconds_until(lambda: bench.serving("kafka", "kafka") == 3)
    assert bench.store.get(BUDGETS, "kafka", "kafka")["status"]["disruptionsAllowed"] == 1


def test_the_cluster_can_be_told_by_the_uid_of_kube_system(bench):
    assert bench.store.get(NAMESPACES, "kube-system")["metadata"]["uid"]


def test_pod_delete_is_installed_in_the_chaos_namespace(bench):
    assert bench.store.find(CHAOS_EXPERIMENTS, "pod-delete", "chaos")


def test_the_chaos_namespace_is_empty_of_pods_before_a_run(bench):
    assert not list(bench.store.view(PODS, "chaos"))


def test_a_cluster_built_again_with_its_uid_is_the_same_one_to_others():
    def uid_of(given):
        store = Store()
        install(store)
        build(store, given)
        return store.get(NAMESPACES, "kube-system")["metadata"]["uid"]

    assert uid_of("it-is-me") == "it-is-me"
    assert len({uid_of(""), uid_of("")}) == 2
