"""node-cpu-hog, node-memory-hog and node-io-stress: a pod that keeps its node busy, and nothing after it."""

import pytest

from deploy.rehearsal.platform.sight import view_of
from deploy.rehearsal.store.objects import name_of
from tests.rehearsal.litmus import engines
from tests.rehearsal.litmus.engines import NODE, gone, helpers, states


def speeds(bench) -> dict[str, float]:
    """Of the payments pods, by node."""
    seen = {pod.uid.split("/")[0]: pod.speed for pod in view_of(bench.store, bench.world.troubles).payments}
    return {pod["spec"]["nodeName"]: seen[pod["metadata"]["uid"]] for pod in bench.pods()}


@pytest.mark.parametrize(
    ("fault", "env", "speed"),
    [
        ("node-cpu-hog", {"NODE_CPU_CORE": "8"}, 0.5),
        ("node-memory-hog", {"MEMORY_CONSUMPTION_PERCENTAGE": "95"}, 0.5),
        ("node-memory-hog", {"MEMORY_CONSUMPTION_PERCENTAGE": "50"}, 1.0),
        (
            "node-memory-hog",
            {"MEMORY_CONSUMPTION_PERCENTAGE": "0", "MEMORY_CONSUMPTION_MEBIBYTES": "30000"},
            0.5,
        ),
        ("node-io-stress", {"NUMBER_OF_WORKERS": "8"}, 0.5),
    ],
)
def test_every_pod_of_the_node_gets_slower_and_no_other(bench, fault, env, speed):
    engines.busy(bench, fault, **env)
    others = {value for node, value in speeds(bench).items() if node != NODE}
    assert speeds(bench)[NODE] == speed
    assert others == {1.0}


def test_however_the_stressor_ends_nothing_is_left(bench):
    engines.busy(bench, "node-cpu-hog")
    for pod in helpers(bench):
        bench.delete(name_of(pod), "chaos", grace=0)
    bench.wait(3)
    assert set(speeds(bench).values()) == {1.0}


def test_a_killed_helper_ends_it_and_fails_the_experiment(bench):
    bench.world.troubles.helpers_killed = True
    engines.busy(bench, "node-cpu-hog")
    bench.seconds_until(lambda: not bench.world.troubles.node_effects[NODE], at_most=3)
    assert set(speeds(bench).values()) == {1.0}
    bench.seconds_until(lambda: engines.outcome(bench)[0] == "Error")


def test_a_stop_ends_it(bench):
    engines.busy(bench, "node-cpu-hog")
    gone(bench)
    assert set(speeds(bench).values()) == {1.0}


def test_it_ends_by_itself_and_calls_its_node_targeted(bench):
    engines.busy(bench, "node-cpu-hog", TOTAL_CHAOS_DURATION="10")
    bench.seconds_until(lambda: engines.status(bench) == "completed", at_most=60)
    assert set(speeds(bench).values()) == {1.0}
    assert states(bench) == {f"node/{NODE}": "targeted"}


def test_a_node_that_does_not_exist_is_an_error(bench):
    env = {"TOTAL_CHAOS_DURATION": "60", "TARGET_NODES": "worker-node-99"}
    engines.start(bench, fault="node-cpu-hog", env=env, appinfo=None)
    bench.seconds_until(lambda: engines.result(bench) and engines.outcome(bench)[0] == "Error")
