"""Memory and disk of a node that run out: the node says so, takes no new pods, and recovers a while after."""

import pytest

from deploy.rehearsal.platform.nodes import LINGERS
from deploy.rehearsal.store import NODES
from deploy.rehearsal.store.objects import name_of
from tests.rehearsal.litmus.engines import NODE, busy, gone


def pressures(bench) -> dict[str, list[str]]:
    """By node, for those that are under one."""
    told = {name_of(node): node["status"]["conditions"] for node in bench.store.view(NODES)}
    seen = {
        name: [one["type"] for one in conditions if one["status"] == "True" and one["type"] != "Ready"]
        for name, conditions in told.items()
    }
    return {name: kinds for name, kinds in seen.items() if kinds}


def taints(bench) -> list[str]:
    found = bench.store.get(NODES, NODE)["spec"].get("taints") or []
    return [f"{one['key'].partition('/')[2]}:{one['effect']}" for one in found]


@pytest.mark.parametrize(
    ("fault", "env", "pressure", "taint"),
    [
        ("node-memory-hog", {"MEMORY_CONSUMPTION_PERCENTAGE": "95"}, "MemoryPressure", "memory-pressure"),
        ("node-io-stress", {"FILESYSTEM_UTILIZATION_PERCENTAGE": "90"}, "DiskPressure", "disk-pressure"),
        (
            "node-io-stress",
            {"FILESYSTEM_UTILIZATION_PERCENTAGE": "0", "FILESYSTEM_UTILIZATION_BYTES": "50"},
            "DiskPressure",
            "disk-pressure",
        ),
    ],
)
def test_a_node_that_runs_short_says_so_takes_no_new_pods_and_recovers_a_while_after(
    bench, fault, env, pressure, taint
):
    busy(bench, fault, **env)
    bench.wait(0.5)
    assert pressures(bench) == {NODE: [pressure]}
    assert taints(bench) == [f"{taint}:NoSchedule"]
    gone(bench)
    assert pressures(bench) == {NODE: [pressure]}, "a kubelet keeps it up for a while"
    assert 5 <= bench.seconds_until(lambda: not pressures(bench)) <= LINGERS
    bench.wait(0.2)
    assert taints(bench) == []


def test_a_node_that_is_only_busy_is_under_no_pressure(bench):
    busy(bench, "node-memory-hog", MEMORY_CONSUMPTION_PERCENTAGE="90")
    bench.wait(1)
    assert pressures(bench) == {}


def test_a_cordon_and_a_pressure_do_not_take_each_other_s_taint_away(bench):
    bench.store.patch(NODES, NODE, {"spec": {"unschedulable": True}})
    busy(bench, "node-memory-hog", MEMORY_CONSUMPTION_PERCENTAGE="95")
    bench.wait(0.5)
    assert sorted(taints(bench)) == ["memory-pressure:NoSchedule", "unschedulable:NoSchedule"]
    gone(bench)
    bench.seconds_until(lambda: not pressures(bench))
    bench.wait(0.2)
    assert taints(bench) == ["unschedulable:NoSchedule"]
