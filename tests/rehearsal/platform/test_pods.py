"""How pods come, go and are replaced."""

import pytest

from deploy.rehearsal.platform.facts import is_ready
from deploy.rehearsal.store import DEPLOYMENTS, NAMESPACES, NODES, PODS
from deploy.rehearsal.store.objects import is_going


@pytest.mark.parametrize(
    ("app", "namespace", "replicas", "startup"),
    [("payments-api", "payments", 6, 8), ("fraud-detector", "payments", 3, 5), ("kafka", "kafka", 3, 12)],
)
def test_a_pod_deleted_without_grace_is_replaced_within_its_start_time(
    bench, app, namespace, replicas, startup
):
    bench.delete(bench.names(app, namespace)[0], namespace, grace=0)
    assert bench.serving(app, namespace) == replicas - 1
    took = bench.seconds_until(lambda: bench.serving(app, namespace) == replicas)
    assert startup + 1 <= took <= startup + 1.6


def test_a_replacement_is_created_within_a_tick_while_the_old_pod_still_ends(bench):
    bench.delete(bench.names()[0])
    bench.wait(0.1)
    assert len(bench.pods()) == 7


def test_a_deleted_pod_leaves_the_endpoints_at_once_and_ends_after_its_shutdown_time(bench):
    victim = bench.names()[0]
    bench.delete(victim)
    assert bench.serving() == 5
    assert is_going(bench.pod(victim))
    took = bench.seconds_until(lambda: victim not in bench.names())
    assert 1.4 <= took <= 1.8


def test_a_grace_shorter_than_the_shutdown_time_ends_the_pod_earlier(bench):
    victim = bench.names()[0]
    bench.delete(victim, grace=1)
    assert bench.seconds_until(lambda: victim not in bench.names()) <= 1.2


def test_a_new_pod_is_pending_then_running_then_ready(bench):
    old = set(bench.names())
    bench.delete(bench.names()[0], grace=0)
    bench.wait(0.2)
    (fresh,) = set(bench.names()) - old
    seen = []
    for _ in range(100):
        pod = bench.pod(fresh)
        state = (pod["status"]["phase"], is_ready(pod))
        if state not in seen:
            seen.append(state)
        bench.wait(0.1)
    assert seen == [("Pending", False), ("Running", False), ("Running", True)]


def test_pods_tell_their_life_in_events(bench):
    old = set(bench.names())
    victim = bench.names()[0]
    bench.delete(victim)
    bench.wait(12)
    (fresh,) = set(bench.names()) - old
    assert bench.reasons(fresh) == ["Scheduled", "Pulled", "Created", "Started"]
    assert bench.reasons(victim)[-1] == "Killing"


def test_a_broker_comes_back_under_its_own_name(bench):
    before = bench.pod("kafka-1", "kafka")["metadata"]["uid"]
    bench.delete("kafka-1", "kafka")
    bench.seconds_until(lambda: bench.serving("kafka", "kafka") == 3)
    assert bench.pod("kafka-1", "kafka")["metadata"]["uid"] != before


def cordon(bench, node: str, unschedulable: bool | None = True) -> None:
    bench.store.patch(NODES, node, {"spec": {"unschedulable": unschedulable}})
    bench.wait(0.2)


def test_a_cordoned_node_gets_the_taint_and_loses_it_again(bench):
    cordon(bench, "worker-node-03")
    (taint,) = bench.store.get(NODES, "worker-node-03")["spec"]["taints"]
    assert (taint["key"], taint["effect"]) == ("node.kubernetes.io/unschedulable", "NoSchedule")
    cordon(bench, "worker-node-03", None)
    assert not bench.store.get(NODES, "worker-node-03")["spec"].get("taints")


def test_a_pod_of_a_cordoned_node_comes_back_in_the_same_zone_on_the_other_node(bench):
    cordon(bench, "worker-node-03")
    bench.delete("kafka-1", "kafka")
    bench.seconds_until(lambda: bench.serving("kafka", "kafka") == 3)
    assert bench.pod("kafka-1", "kafka")["spec"]["nodeName"] == "worker-node-04"


def test_with_every_node_cordoned_a_pod_stays_pending_and_says_why(bench):
    for number in range(1, 7):
        cordon(bench, f"worker-node-0{number}")
    old = set(bench.names())
    bench.delete(bench.names()[0], grace=0)
    bench.wait(5)
    (fresh,) = set(bench.names()) - old
    assert bench.pod(fresh)["status"]["phase"] == "Pending"
    assert bench.reasons(fresh) == ["FailedScheduling"]


def test_a_deployment_can_be_scaled_down_and_up(bench):
    for wanted in (2, 5):
        bench.store.patch(DEPLOYMENTS, "payments-api", {"spec": {"replicas": wanted}}, "payments")
        bench.seconds_until(lambda wanted=wanted: len(bench.pods()) == bench.serving() == wanted)
        bench.wait(0.2)
        status = bench.store.get(DEPLOYMENTS, "payments-api", "payments")["status"]
        assert status["readyReplicas"] == wanted


def test_a_changed_template_rolls_all_pods_over_without_dropping_below_what_is_wanted(bench):
    old = set(bench.names())
    template = {"metadata": {"annotations": {"kubectl.kubernetes.io/restartedAt": "now"}}}
    bench.store.patch(DEPLOYMENTS, "payments-api", {"spec": {"template": template}}, "payments")
    lowest = 6
    for _ in range(300):
        bench.wait(0.1)
        lowest = min(lowest, bench.serving())
    assert not old & set(bench.names())
    assert lowest >= 6


def test_while_reverts_are_stuck_no_replacement_gets_ready(bench):
    bench.world.troubles.revert_stuck = True
    bench.delete(bench.names()[0], grace=0)
    bench.wait(60)
    assert bench.serving() == 5
    bench.world.troubles.revert_stuck = False
    bench.seconds_until(lambda: bench.serving() == 6, at_most=10)


def test_nodes_send_heartbeats(bench):
    def beat() -> str:
        return bench.store.get(NODES, "worker-node-01")["metadata"]["resourceVersion"]

    before = beat()
    bench.store.now = lambda now=bench.store.now: now().replace(year=2040)
    bench.wait(11)
    assert beat() != before


def test_a_quiet_minute_changes_little(bench):
    before = bench.store.version
    bench.wait(60)
    assert bench.store.version - before < 6 * 8
    assert len(list(bench.store.view(PODS))) == 15


def test_pods_of_a_namespace_that_is_deleted_end_and_it_goes_with_the_last(bench):
    bench.store.delete(NAMESPACES, "kafka")
    bench.wait(0.2)
    assert is_going(bench.store.get(NAMESPACES, "kafka"))
    bench.seconds_until(lambda: not bench.store.find(NAMESPACES, "kafka"))
    assert not bench.names("kafka", "kafka")
