"""Helper pods: what they put in they take out, unless somebody kills them first."""

import pytest

from deploy.rehearsal.platform.facts import labels
from deploy.rehearsal.store import CHAOS_ENGINES, PODS
from deploy.rehearsal.store.objects import name_of
from tests.rehearsal.litmus import engines
from tests.rehearsal.litmus.engines import NAME, gone, helpers, running, states

LATENCY = "pod-network-latency"


def troubled(bench, app="payments-api") -> list[str]:
    """Pods with a fault in them."""
    return [name_of(pod) for pod in bench.pods(app) if bench.world.troubles.causes(pod["metadata"]["uid"])]


def two(bench) -> dict[str, str]:
    return {"TARGET_PODS": ",".join(bench.names()[:2]), "NETWORK_LATENCY": "300"}


def test_each_target_gets_a_helper_on_its_own_node_that_is_known_by_the_engines_labels(bench):
    running(bench, LATENCY, two(bench))
    nodes = {bench.pod(name)["spec"]["nodeName"] for name in bench.names()[:2]}
    assert {pod["spec"]["nodeName"] for pod in helpers(bench)} == nodes
    for pod in helpers(bench):
        assert labels(pod)["chaosUID"] == engines.found(bench)["metadata"]["uid"]
        assert labels(pod)["run"] == NAME
        assert pod["spec"]["terminationGracePeriodSeconds"] == 60
        assert pod["spec"]["containers"][0]["securityContext"]["privileged"]


def test_a_fault_is_in_its_targets_alone_and_is_taken_out_at_its_end(bench):
    names = bench.names()[:2]
    running(bench, LATENCY, {**two(bench), "TOTAL_CHAOS_DURATION": "20"})
    bench.wait(2)
    assert troubled(bench) == names
    assert states(bench) == {f"pod/{name}": "injected" for name in names}
    bench.seconds_until(lambda: engines.status(bench) == "completed", at_most=60)
    assert troubled(bench) == []
    assert states(bench) == {f"pod/{name}": "reverted" for name in names}
    assert engines.outcome(bench) == ("Completed", "Pass")


def test_stopping_lets_the_helpers_undo_and_takes_seconds(bench):
    running(bench, LATENCY, two(bench))
    bench.wait(2)
    engines.set_state(bench, "stop")
    took = bench.seconds_until(lambda: not troubled(bench))
    assert 1 < took < 4
    bench.seconds_until(lambda: engines.status(bench) == "stopped")
    assert set(states(bench).values()) == {"reverted"}
    assert not engines.chaos_pods(bench)


def test_without_a_grace_the_engine_says_stopped_and_the_fault_stays(bench):
    running(bench, LATENCY, two(bench), terminationGracePeriodSeconds=0)
    bench.wait(2)
    engines.set_state(bench, "stop")
    bench.seconds_until(lambda: engines.status(bench) == "stopped")
    bench.wait(10)
    assert troubled(bench) == bench.names()[:2]
    assert set(states(bench).values()) == {"injected"}


def test_a_helper_deleted_by_force_leaves_its_fault_until_the_target_is_replaced(bench):
    running(bench, LATENCY, two(bench))
    bench.wait(2)
    left, freed = bench.names()[:2]
    for pod in helpers(bench):
        bench.delete(name_of(pod), "chaos", grace=0)
    gone(bench)
    assert troubled(bench) == [left, freed]
    bench.delete(freed)
    bench.seconds_until(lambda: bench.serving() == 6)
    assert troubled(bench) == [left]


def test_a_helper_that_is_killed_in_the_middle_fails_the_experiment_and_leaves_the_fault(bench):
    bench.world.troubles.helpers_killed = True
    running(bench, LATENCY, two(bench))
    bench.seconds_until(lambda: engines.status(bench) == "completed")
    assert engines.outcome(bench) == ("Error", "Error")
    error = engines.result(bench)["status"]["experimentStatus"]["errorOutput"]
    assert error["errorCode"] == "HELPER_POD_FAILED_ERROR"
    assert troubled(bench) == bench.names()[:2]
    assert set(states(bench).values()) == {"injected"}


def test_a_target_that_goes_takes_the_fault_along_and_its_helper_fails(bench):
    running(bench, LATENCY, {"TARGET_PODS": bench.names()[0], "TOTAL_CHAOS_DURATION": "20"})
    bench.wait(2)
    bench.delete(bench.names()[0])
    bench.seconds_until(lambda: bench.serving() == 6)
    assert troubled(bench) == []
    bench.seconds_until(lambda: engines.status(bench) == "completed", at_most=60)
    assert engines.outcome(bench) == ("Error", "Error")


def test_two_engines_on_one_pod_undo_only_their_own(bench):
    name = bench.names()[0]
    running(bench, LATENCY, {"TARGET_PODS": name})
    loss = {"TARGET_PODS": name, "NETWORK_PACKET_LOSS_PERCENTAGE": "10", "TOTAL_CHAOS_DURATION": "60"}
    engines.start(bench, "run-2", fault="pod-network-loss", env=loss)
    bench.seconds_until(lambda: "injected" in states(bench, "run-2").values())
    gone(bench, "run-2")
    (cause,) = bench.world.troubles.causes(bench.pod(name)["metadata"]["uid"])
    assert cause.startswith(LATENCY)


def test_an_experiment_pod_that_goes_alone_leaves_its_helpers_at_work(bench):
    running(bench, LATENCY, two(bench))
    experiment = next(
        pod for pod in bench.store.view(PODS, "chaos", labels="job-name") if "helper" not in name_of(pod)
    )
    bench.delete(name_of(experiment), "chaos")
    bench.wait(3)
    assert troubled(bench) == bench.names()[:2]


@pytest.mark.parametrize("policy", ["delete", "retain"])
def test_helpers_stay_as_finished_pods_unless_jobs_are_deleted(bench, policy):
    env = {**two(bench), "TOTAL_CHAOS_DURATION": "5"}
    engines.start(bench, fault=LATENCY, env=env, jobCleanUpPolicy=policy)
    bench.seconds_until(lambda: engines.status(bench) == "completed", at_most=60)
    assert len(helpers(bench)) == (2 if policy == "retain" else 0)


def test_helpers_are_swept_while_the_operator_is_down(bench):
    running(bench, LATENCY, two(bench))
    bench.scale_operator(0)
    bench.store.delete(CHAOS_ENGINES, NAME, "chaos")
    bench.store.delete_all(PODS, "chaos", labels=f"chaosUID={engines.found(bench)['metadata']['uid']}")
    bench.seconds_until(lambda: not troubled(bench))
    assert engines.found(bench)
