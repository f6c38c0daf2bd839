"""Drained and tainted nodes: what is moved, what is held back, and what go-runner sets back wrongly."""

import pytest

from deploy.rehearsal.platform.facts import is_serving, phase
from deploy.rehearsal.store import BUDGETS, CHAOS_ENGINES, EVENTS, NODES, PODS
from deploy.rehearsal.store.objects import dig, is_going, name_of
from tests.rehearsal.litmus import engines
from tests.rehearsal.litmus.engines import gone, states

THREE, FOUR = "worker-node-03", "worker-node-04"


def node(bench, name=THREE):
    return bench.store.get(NODES, name)["spec"]


def on(bench, name=THREE, namespace="") -> list[str]:
    return [name_of(pod) for pod in bench.store.view(PODS, namespace, fields=f"spec.nodeName={name}")]


def keys(bench, name=THREE) -> list[str]:
    return [taint["key"] for taint in node(bench, name).get("taints") or []]


def start(bench, fault, name="run-1", target=THREE, keep_to="worker-node-01", **env):
    """As the product does it: runner and experiment are kept off the target."""
    place = {"nodeSelector": {"kubernetes.io/hostname": keep_to}} if keep_to else {}
    engines.start(
        bench,
        name,
        fault=fault,
        env={"TOTAL_CHAOS_DURATION": "60", "TARGET_NODE": target, **env},
        appinfo=None,
        place=place,
        components={"runner": place},
    )


def drained(bench, **options) -> None:
    start(bench, "node-drain", **options)
    bench.seconds_until(lambda: node(bench).get("unschedulable"))
    bench.seconds_until(lambda: not on(bench))


def test_a_drain_cordons_the_node_and_moves_its_pods(bench):
    drained(bench)
    assert "node.kubernetes.io/unschedulable" in keys(bench)
    bench.seconds_until(lambda: bench.serving("kafka", "kafka") == 3 and bench.serving() == 6)
    assert bench.pod("kafka-1", "kafka")["spec"]["nodeName"] == FOUR  # its disk is in this zone
    assert not on(bench)


def test_while_it_is_in_the_result_says_nothing_of_the_node_and_afterwards_that_it_is_reverted(bench):
    drained(bench)
    assert states(bench) == {}
    gone(bench)
    assert states(bench) == {f"node/{THREE}": "reverted"}


def test_a_stopped_drain_uncordons_and_leaves_the_pods_where_they_went(bench):
    drained(bench)
    gone(bench)
    assert not node(bench).get("unschedulable")
    bench.wait(1)
    assert keys(bench) == []
    bench.seconds_until(lambda: bench.serving() == 6)
    assert not on(bench)


def test_a_drain_ends_by_itself_and_uncordons(bench):
    start(bench, "node-drain", TOTAL_CHAOS_DURATION="10")
    bench.seconds_until(lambda: engines.status(bench) == "completed", at_most=60)
    assert engines.outcome(bench) == ("Completed", "Pass")
    assert not node(bench).get("unschedulable")


def test_a_drain_is_forced_so_that_a_pod_without_a_controller_is_gone_for_good(bench):
    bare = {
        "metadata": {"name": "debug", "namespace": "payments"},
        "spec": {"nodeName": THREE, "containers": [{"name": "shell", "image": "busybox"}]},
    }
    bench.store.create(PODS, bare)
    bench.seconds_until(lambda: phase(bench.pod("debug")) == "Running")
    drained(bench)
    gone(bench)
    bench.wait(10)
    assert bench.store.find(PODS, "debug", "payments") is None


def test_a_node_that_was_cordoned_before_is_uncordoned_all_the_same(bench):
    bench.store.patch(NODES, THREE, {"spec": {"unschedulable": True}})
    start(bench, "node-drain")
    bench.seconds_until(lambda: not on(bench))
    gone(bench)
    assert not node(bench).get("unschedulable")


def test_a_budget_is_asked_again_and_never_forced(bench):
    bench.store.patch(NODES, FOUR, {"spec": {"unschedulable": True}})  # kafka-1 has nowhere else to go
    drained(bench, keep_to="worker-node-06")
    bench.wait(1)
    assert phase(bench.pod("kafka-1", "kafka")) == "Pending"
    start(bench, "node-drain", "run-2", target="worker-node-01", keep_to="worker-node-06")
    bench.seconds_until(lambda: node(bench, "worker-node-01").get("unschedulable"))
    bench.wait(20)
    assert "kafka-0" in on(bench, "worker-node-01")
    bench.store.patch(NODES, FOUR, {"spec": {"unschedulable": None}})
    bench.seconds_until(lambda: "kafka-0" not in on(bench, "worker-node-01"), at_most=30)


def test_a_drain_that_a_budget_holds_back_to_the_end_fails_and_uncordons(bench):
    bench.delete("kafka-2", "kafka")
    bench.world.troubles.revert_stuck = True  # kafka-2 does not get ready again
    start(bench, "node-drain", TOTAL_CHAOS_DURATION="10")
    bench.seconds_until(lambda: engines.result(bench) and engines.outcome(bench)[0] == "Error")
    assert "kafka-1" in on(bench)
    assert not node(bench).get("unschedulable")


def test_an_experiment_on_the_drained_node_is_evicted_and_its_job_starts_it_again(bench):
    for name in (f"worker-node-{number:02}" for number in (1, 2, 4, 5, 6)):
        bench.store.patch(NODES, name, {"spec": {"unschedulable": True}})
    start(bench, "node-drain", keep_to="")
    bench.seconds_until(lambda: node(bench).get("unschedulable"))
    assert any("run-1-runner" in name for name in on(bench))
    bench.seconds_until(lambda: not node(bench).get("unschedulable"))  # SIGTERM: it uncordons
    bench.seconds_until(lambda: node(bench).get("unschedulable"), at_most=90)  # and drains once more


def test_a_killed_experiment_leaves_the_node_cordoned(bench):
    drained(bench)
    bench.world.troubles.helpers_killed = True
    gone(bench)
    bench.wait(5)
    assert node(bench).get("unschedulable")
    assert engines.outcome(bench) == ("Running", "Awaited")


def test_a_taint_keeps_new_pods_off_and_is_taken_away_by_its_key(bench):
    old = {"key": "maintenance", "value": "soon", "effect": "PreferNoSchedule"}
    bench.store.patch(NODES, THREE, {"spec": {"taints": [old]}})
    start(bench, "node-taint", TAINTS="gameday=zone:NoSchedule")
    bench.seconds_until(lambda: "gameday" in keys(bench))
    assert "kafka-1" in on(bench)
    assert keys(bench) == ["maintenance", "gameday"]
    gone(bench)
    assert keys(bench) == ["maintenance"]


def test_a_taint_that_was_there_before_is_taken_away_with_ours(bench):
    old = {"key": "gameday", "value": "theirs", "effect": "NoSchedule"}
    bench.store.patch(NODES, THREE, {"spec": {"taints": [old]}})
    start(bench, "node-taint", TAINTS="gameday=ours:NoSchedule")
    bench.seconds_until(lambda: engines.result(bench))
    bench.wait(2)
    assert node(bench)["taints"] == [old]
    gone(bench)
    assert keys(bench) == []


@pytest.mark.parametrize("effect", ["NoExecute", "NoSchedule"])
def test_no_execute_drives_pods_off_at_once(bench, effect):
    start(bench, "node-taint", TAINTS=f"gameday=x:{effect}")
    bench.seconds_until(lambda: "gameday" in keys(bench))
    bench.wait(4)
    assert bool(on(bench, THREE, "kafka")) == (effect == "NoSchedule")


def test_a_lost_zone_halves_the_capacity_until_the_pods_have_moved(bench):
    for number, target in enumerate(("worker-node-05", "worker-node-06"), start=1):
        start(bench, "node-taint", f"run-{number}", target=target, TAINTS="gameday=zone:NoExecute")
    bench.seconds_until(lambda: bench.serving() == 3)
    bench.seconds_until(lambda: bench.serving() == 6, at_most=30)
    assert phase(bench.pod("kafka-2", "kafka")) == "Pending"
    assert bench.serving("kafka", "kafka") == 2
    why = [
        event["message"]
        for event in bench.store.view(EVENTS, "kafka")
        if event["reason"] == "FailedScheduling"
    ]
    assert "4 node(s) had volume node affinity conflict" in why[-1]
    for name in ("run-1", "run-2"):
        gone(bench, name)
    bench.seconds_until(lambda: bench.serving("kafka", "kafka") == 3)


def test_with_two_zones_lost_the_rest_has_no_room_for_everybody(bench):
    for number in (1, 2, 3, 4):
        bench.store.patch(
            NODES,
            f"worker-node-{number:02}",
            {"spec": {"taints": [{"key": "lost", "value": "", "effect": "NoExecute"}]}},
        )
    bench.wait(40)
    assert 3 <= bench.serving() < 6
    assert sum(phase(pod) == "Pending" for pod in bench.pods()) == 6 - bench.serving()


def test_a_label_that_is_missing_panics_before_there_is_a_result(bench):
    info = {"appns": "payments"}
    engines.start(bench, fault="node-drain", env={"TARGET_NODE": THREE}, appinfo=info)
    bench.wait(30)
    assert engines.result(bench) is None
    assert not node(bench).get("unschedulable")
    assert engines.status(bench) == "completed"
    assert len(list(bench.store.view(PODS, "chaos", labels="job-name"))) == 2  # 10 s later, and then 20 s


def test_the_lag_of_a_drained_broker_rises_and_is_gone_within_forty_seconds(bench):
    bench.wait(3, traffic=True)
    start(bench, "node-drain")
    bench.seconds_until(lambda: not is_serving(bench.pod("kafka-1", "kafka")))
    brokers, above = bench.world.traffic.brokers, 0.0
    for _ in range(400):
        bench.wait(0.1, traffic=True)
        above += 0.1 if brokers.lag > 1000 else 0.0
    assert 17 < above < 35  # longer than the alert waits for
    assert brokers.lag < 1000
    assert brokers.dead_letters == 0
    assert dig(bench.store.get(NODES, THREE), "spec", "unschedulable")


def test_a_runner_on_the_drained_node_is_made_again_and_starts_a_second_experiment(bench):
    runners = "worker-node-03"  # where the scheduler puts it
    place = {"nodeSelector": {"kubernetes.io/hostname": "worker-node-01"}}
    env = {"TOTAL_CHAOS_DURATION": "60", "TARGET_NODE": runners}
    engines.start(bench, fault="node-drain", env=env, appinfo=None, place=place)
    bench.seconds_until(lambda: "run-1-runner" in on(bench, runners))
    bench.seconds_until(lambda: len(engines.chaos_jobs(bench)) == 2)
    gone(bench)
    assert not node(bench, runners).get("unschedulable")
    assert not engines.chaos_pods(bench)


def test_a_drain_that_was_stopped_goes_on_evicting_until_its_pod_has_ended(bench):
    budget = bench.store.get(BUDGETS, "kafka", "kafka")
    bench.store.patch(BUDGETS, "kafka", {"spec": {"minAvailable": 3}}, "kafka")
    start(bench, "node-drain")
    bench.seconds_until(lambda: node(bench).get("unschedulable"))
    broker = bench.pod("kafka-1", "kafka")["metadata"]["uid"]
    bench.store.delete(CHAOS_ENGINES, engines.NAME, "chaos")
    bench.seconds_until(lambda: not node(bench).get("unschedulable"))
    assert bench.pod("kafka-1", "kafka")["metadata"]["uid"] == broker
    bench.store.patch(BUDGETS, "kafka", {"spec": budget["spec"]}, "kafka")
    bench.seconds_until(lambda: is_going(bench.pod("kafka-1", "kafka")), at_most=9)
    bench.seconds_until(lambda: engines.found(bench) is None, at_most=20)
