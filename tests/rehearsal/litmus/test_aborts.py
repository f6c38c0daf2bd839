"""Stop and delete, and why `stopped` is not `reverted`."""

import pytest

from deploy.rehearsal.platform.processes import Process, Steps, Terminated
from deploy.rehearsal.store import CHAOS_ENGINES, JOBS, LEASES, PODS
from tests.rehearsal.litmus import engines
from tests.rehearsal.litmus.engines import NAME, start


def running(bench, **options) -> None:
    start(bench, **options)
    bench.seconds_until(lambda: engines.injecting(bench))
    bench.wait(2)


def test_stop_sweeps_jobs_and_pods_and_says_stopped(bench):
    running(bench)
    engines.set_state(bench, "stop")
    took = bench.seconds_until(lambda: engines.status(bench) == "stopped")
    assert took < 4
    assert not engines.chaos_pods(bench)
    assert not engines.chaos_jobs(bench)
    assert engines.progress(bench)["status"] == "Forcefully Aborted"
    assert engines.progress(bench)["verdict"] == "Stopped"
    assert not engines.found(bench)["metadata"].get("finalizers")


def test_a_stopped_result_keeps_one_label_and_its_targets_as_targeted(bench):
    running(bench)
    engines.set_state(bench, "stop")
    bench.seconds_until(lambda: engines.status(bench) == "stopped")
    told = engines.result(bench)
    assert engines.outcome(bench) == ("Stopped", "Stopped")
    assert told["metadata"]["labels"] == {"chaosUID": engines.found(bench)["metadata"]["uid"]}
    assert [one["chaosStatus"] for one in told["status"]["history"]["targets"]] == ["targeted"]
    assert told["status"]["history"]["stoppedRuns"] == 1


def test_stopped_comes_before_the_platform_is_whole_again(bench):
    running(bench)
    engines.set_state(bench, "stop")
    bench.seconds_until(lambda: engines.status(bench) == "stopped")
    assert bench.serving() < 6
    bench.seconds_until(lambda: bench.serving() == 6)


def test_deleting_the_engine_sweeps_the_same_and_then_the_engine_is_gone(bench):
    running(bench)
    bench.store.delete(CHAOS_ENGINES, NAME, "chaos")
    assert engines.found(bench)
    bench.seconds_until(lambda: engines.found(bench) is None, at_most=5)
    assert not engines.chaos_pods(bench)
    assert not engines.chaos_jobs(bench)
    assert engines.outcome(bench) == ("Stopped", "Stopped")


def test_no_pod_is_killed_after_a_stop(bench):
    running(bench, env={"TOTAL_CHAOS_DURATION": "120", "CHAOS_INTERVAL": "10"})
    engines.set_state(bench, "stop")
    bench.seconds_until(lambda: bench.serving() == 6)
    bench.wait(60)
    assert bench.serving() == 6


def test_deleting_jobs_and_pods_at_once_ends_the_chaos_without_the_operator(bench):
    running(bench, env={"TOTAL_CHAOS_DURATION": "120", "CHAOS_INTERVAL": "10"})
    bench.scale_operator(0)
    uid = engines.found(bench)["metadata"]["uid"]
    for kind in (JOBS, PODS):
        bench.store.delete_all(kind, "chaos", labels=f"chaosUID={uid}", propagation="Background")
    bench.seconds_until(lambda: bench.serving() == 6)
    ended = engines.outcome(bench)
    bench.wait(30)
    assert ended == engines.outcome(bench) == ("Stopped", "Stopped")


def test_a_runner_deleted_alone_is_made_again_by_the_operator(bench):
    running(bench)
    before = bench.pod(f"{NAME}-runner", "chaos")["metadata"]["uid"]
    bench.delete(f"{NAME}-runner", "chaos", grace=0)
    bench.wait(1)
    assert bench.pod(f"{NAME}-runner", "chaos")["metadata"]["uid"] != before


def test_a_pod_deleted_alone_is_made_again_by_its_job_and_injects_again(bench):
    running(bench, env={"TOTAL_CHAOS_DURATION": "120", "CHAOS_INTERVAL": "120"})
    experiment = next(name for name in engines.chaos_pods(bench) if "runner" not in name)
    bench.delete(experiment, "chaos")
    bench.seconds_until(lambda: bench.serving() == 6)
    bench.wait(5)
    assert any(name != experiment and "runner" not in name for name in engines.chaos_pods(bench))


def test_one_stuck_abort_delays_every_other_engine_for_three_minutes(bench):
    running(bench)
    bench.world.troubles.revert_stuck = True
    engines.set_state(bench, "stop")
    bench.wait(5)
    start(bench, "run-2", wait=160)
    assert engines.status(bench, "run-2") == ""
    bench.seconds_until(lambda: engines.status(bench, "run-2") == "initialized", at_most=40)
    assert engines.status(bench) == "initialized"
    assert "ChaosResourcesOperationFailed" in bench.reasons(NAME, "chaos")


def test_an_abort_that_was_stuck_succeeds_once_the_pods_can_end(bench):
    running(bench)
    bench.world.troubles.revert_stuck = True
    engines.set_state(bench, "stop")
    bench.wait(30)
    assert engines.status(bench) == "initialized"
    bench.world.troubles.revert_stuck = False
    bench.seconds_until(lambda: engines.status(bench) == "stopped", at_most=10)


def test_an_abort_before_the_result_exists_leaves_none(bench):
    start(bench)
    bench.seconds_until(lambda: engines.chaos_jobs(bench))
    engines.set_state(bench, "stop")
    bench.seconds_until(lambda: engines.status(bench) == "stopped")
    assert engines.result(bench) is None
    assert bench.serving() == 6


def test_active_on_a_stopped_engine_runs_the_chaos_again(bench):
    running(bench)
    engines.set_state(bench, "stop")
    bench.seconds_until(lambda: engines.status(bench) == "stopped")
    engines.set_state(bench, "active")
    bench.seconds_until(lambda: engines.injecting(bench))
    assert engines.outcome(bench) == ("Running", "Awaited")


def test_the_end_of_the_lease_that_owns_an_engine_ends_the_engine(bench):
    lease = bench.store.create(LEASES, {"metadata": {"name": "grant", "namespace": "chaos"}, "spec": {}})
    made = engines.engine()
    made["metadata"]["ownerReferences"] = [
        {
            "apiVersion": "coordination.k8s.io/v1",
            "kind": "Lease",
            "name": "grant",
            "uid": lease["metadata"]["uid"],
        }
    ]
    bench.store.create(CHAOS_ENGINES, made)
    bench.seconds_until(lambda: engines.injecting(bench))
    bench.store.delete(LEASES, "grant", "chaos")
    bench.seconds_until(lambda: engines.found(bench) is None, at_most=10)
    assert not engines.chaos_pods(bench)


def slow_to_end(log: list[str]) -> Steps:
    try:
        yield 100.0
    except Terminated:
        log.append("told")
        yield 3.0
        log.append("reverted")
    return 0


@pytest.mark.parametrize(("grace", "log"), [(1.5, ["told"]), (10.0, ["told", "reverted"])])
def test_a_revert_longer_than_the_grace_does_not_happen(grace, log):
    seen: list[str] = []
    process = Process(slow_to_end(seen), 0.0)
    process.run(0.0)
    process.terminate(1.0)
    process.run(1.0 + grace)
    process.kill()
    assert seen == log
