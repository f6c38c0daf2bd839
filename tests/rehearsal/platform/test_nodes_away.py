"""A node whose kubelet is away: what the cluster makes of it, and what becomes of what ran there."""

from typing import Any

from deploy.rehearsal.platform.absences import NOTICED
from deploy.rehearsal.platform.facts import is_ready, restarts
from deploy.rehearsal.platform.troubles import Effect
from deploy.rehearsal.store import NODES, PODS
from deploy.rehearsal.store.objects import dig, is_going, name_of
from tests.rehearsal.platform.bench import Bench

NODE = "worker-node-05"


def stop_kubelet(bench: Bench, **more: Any) -> None:
    bench.world.troubles.node_effects[NODE]["by hand"] = Effect(is_down=True, **more)


def start_kubelet(bench: Bench) -> None:
    bench.world.troubles.start_kubelet(NODE)


def conditions(bench: Bench) -> dict[str, str]:
    return {one["type"]: one["status"] for one in bench.store.get(NODES, NODE)["status"]["conditions"]}


def beats(bench: Bench) -> set[str]:
    found = bench.store.get(NODES, NODE)["status"]["conditions"]
    return {one["lastHeartbeatTime"] for one in found}


def taints(bench: Bench) -> list[str]:
    found = dig(bench.store.get(NODES, NODE), "spec", "taints") or []
    return [f"{one['key']}:{one['effect']}" for one in found]


def on_node(bench: Bench) -> dict[str, bool]:
    """The pods there, and whether each is ready."""
    there = bench.store.view(PODS, fields=f"spec.nodeName={NODE}")
    return {name_of(pod): is_ready(pod) for pod in there}


def one_of_payments(bench: Bench) -> str:
    return next(name for name in on_node(bench) if name.startswith("payments-api"))


def test_a_silent_node_is_taken_for_lost_after_a_while_and_its_pods_with_it(bench):
    stop_kubelet(bench)
    bench.wait(NOTICED - 0.2)
    assert conditions(bench)["Ready"] == "True"
    assert all(on_node(bench).values())
    bench.wait(0.5)
    assert set(conditions(bench).values()) == {"Unknown"}
    assert taints(bench) == ["node.kubernetes.io/unreachable:NoSchedule"]
    assert on_node(bench) and not any(on_node(bench).values())
    assert bench.serving() == 6 - sum(name.startswith("payments-api") for name in on_node(bench))


def test_no_other_node_and_none_of_its_pods_is_touched(bench):
    stop_kubelet(bench)
    bench.wait(10)
    others = [node for node in bench.store.view(NODES) if name_of(node) != NODE]
    assert all(is_ready(node) and not dig(node, "spec", "taints") for node in others)
    elsewhere = [pod for pod in bench.store.view(PODS) if dig(pod, "spec", "nodeName") != NODE]
    assert all(is_ready(pod) for pod in elsewhere)


def test_the_heartbeats_of_a_node_that_is_away_stand_still(bench):
    before = beats(bench)
    stop_kubelet(bench)
    bench.store.now = lambda now=bench.store.now: now().replace(year=2040)
    bench.wait(30)
    assert beats(bench) == before
    start_kubelet(bench)
    bench.wait(0.2)
    assert all(one.startswith("2040") for one in beats(bench))


def test_nothing_runs_out_of_the_five_minutes_after_which_a_real_one_is_emptied(bench):
    there = set(on_node(bench))
    stop_kubelet(bench)
    bench.wait(400)
    assert set(on_node(bench)) == there


def test_once_its_kubelet_is_back_the_node_and_its_pods_are_ready_at_once(bench):
    before = {name: restarts(pod) for pod in bench.store.view(PODS) if (name := name_of(pod))}
    stop_kubelet(bench)
    bench.wait(20)
    start_kubelet(bench)
    bench.wait(0.2)
    assert conditions(bench) == {
        "MemoryPressure": "False",
        "DiskPressure": "False",
        "PIDPressure": "False",
        "Ready": "True",
    }
    assert taints(bench) == []
    assert all(on_node(bench).values())
    assert {name_of(pod): restarts(pod) for pod in bench.store.view(PODS)} == before


def test_a_kubelet_that_is_back_before_anybody_noticed_changes_nothing(bench):
    stop_kubelet(bench)
    bench.wait(NOTICED / 2)
    start_kubelet(bench)
    bench.wait(NOTICED)
    assert conditions(bench)["Ready"] == "True"
    assert bench.serving() == 6


def test_a_pod_that_is_deleted_there_stays_until_its_kubelet_is_back_and_is_replaced_elsewhere(bench):
    stop_kubelet(bench)
    bench.wait(NOTICED + 0.5)
    victim, before = one_of_payments(bench), set(bench.names())
    bench.delete(victim)
    bench.wait(60)
    assert is_going(bench.pod(victim))
    (fresh,) = set(bench.names()) - before
    assert bench.pod(fresh)["spec"]["nodeName"] != NODE and is_ready(bench.pod(fresh))
    start_kubelet(bench)
    bench.seconds_until(lambda: victim not in bench.names(), at_most=3)


def test_a_broker_that_is_deleted_there_is_not_started_elsewhere(bench):
    (broker,) = [name for name in on_node(bench) if name.startswith("kafka")]
    stop_kubelet(bench)
    bench.delete(broker, "kafka")
    bench.wait(60)
    assert bench.serving("kafka", "kafka") == 2
    start_kubelet(bench)
    bench.seconds_until(lambda: bench.serving("kafka", "kafka") == 3)


def test_what_was_bound_to_it_starts_when_its_kubelet_is_back(bench):
    stop_kubelet(bench)
    template = {"containers": [{"name": "main", "image": "bank/tool:1"}], "nodeName": NODE}
    bench.store.create(PODS, {"metadata": {"name": "tool", "namespace": "payments"}, "spec": template})
    bench.wait(20)
    assert bench.pod("tool")["status"]["phase"] == "Pending"
    start_kubelet(bench)
    bench.seconds_until(lambda: is_ready(bench.pod("tool")), at_most=3)


def test_a_machine_that_restarts_takes_its_time_and_its_containers_start_again(bench):
    mine = one_of_payments(bench)
    stop_kubelet(bench, boots_for=20.0)
    bench.wait(15)
    start_kubelet(bench)
    bench.wait(1)
    assert conditions(bench)["Ready"] == "Unknown", "nobody can start a kubelet on a machine that is off"
    bench.seconds_until(lambda: conditions(bench)["Ready"] == "True", at_most=5)
    bench.wait(0.3)
    assert restarts(bench.pod(mine)) == 1
    assert not is_ready(bench.pod(mine)), "its container has to start first"
    took = bench.seconds_until(lambda: bench.serving() == 6)
    assert 7 <= took <= 9
    assert bench.world.troubles.downed() == []


def test_a_machine_that_restarts_starts_a_kubelet_that_somebody_had_stopped(bench):
    stop_kubelet(bench)
    bench.wait(NOTICED + 1)
    bench.world.troubles.node_effects[NODE]["restart"] = Effect(is_down=True, boots_for=10.0)
    bench.wait(9)
    assert conditions(bench)["Ready"] == "Unknown"
    bench.wait(2)
    assert conditions(bench)["Ready"] == "True"
