"""From a ChaosEngine to its result, in the order and at about the pace of the real operator."""

import pytest

from deploy.rehearsal.litmus.labels import FINALIZER
from deploy.rehearsal.store import CHAOS_ENGINES, CHAOS_EXPERIMENTS, PODS
from deploy.rehearsal.store.objects import name_of
from tests.rehearsal.litmus import engines
from tests.rehearsal.litmus.engines import NAME, start


def test_finalizer_and_status_are_written_in_one_update(bench):
    seen = []
    bench.store.subscribe(lambda change: seen.append(change.object), CHAOS_ENGINES)
    start(bench)
    states = [
        (one["metadata"].get("finalizers"), (one.get("status") or {}).get("engineStatus")) for one in seen
    ]
    assert states[:2] == [(None, None), ([FINALIZER], "initialized")]


def test_the_runner_pod_the_job_and_the_experiment_pod_follow_within_seconds(bench):
    uid = start(bench, wait=0)["metadata"]["uid"]
    took = bench.seconds_until(lambda: engines.chaos_jobs(bench))
    assert 1.5 <= took <= 4
    (job,) = engines.chaos_jobs(bench)
    assert job.startswith("pod-delete-")
    assert len(job) == len("pod-delete-") + 6
    took += bench.seconds_until(lambda: engines.injecting(bench))
    assert 4 <= took <= 8
    runner, experiment = sorted(bench.store.view(PODS, "chaos"), key=name_of, reverse=True)
    assert name_of(runner) == f"{NAME}-runner"
    assert (
        experiment["metadata"]["labels"]
        | {
            "chaosUID": uid,
            "job-name": job,
            "name": "pod-delete",
            "run": NAME,
        }
        == experiment["metadata"]["labels"]
    )


def test_a_result_is_running_and_awaited_then_completed_and_passed(bench):
    start(bench)
    bench.seconds_until(lambda: engines.result(bench))
    assert engines.outcome(bench) == ("Running", "Awaited")
    bench.seconds_until(lambda: engines.progress(bench)["status"] == "Running", at_most=5)
    bench.seconds_until(lambda: engines.status(bench) == "completed")
    assert engines.outcome(bench) == ("Completed", "Pass")
    assert engines.progress(bench)["status"] == "Completed"
    assert engines.progress(bench)["verdict"] == "Pass"


def test_a_deletion_says_nothing_of_its_pods_and_at_its_end_whose_they_were(bench):
    start(bench)
    bench.seconds_until(lambda: engines.injecting(bench))
    assert engines.states(bench) == {}
    bench.seconds_until(lambda: engines.status(bench) == "completed")
    assert engines.states(bench) == {"deployment/payments-api": "targeted"}
    done = engines.result(bench)
    assert not done["metadata"].get("annotations")
    assert done["status"]["history"]["passedRuns"] == 1


def test_completion_writes_status_and_stop_in_one_update_and_leaves_the_finalizer(bench):
    start(bench)
    seen = []
    bench.store.subscribe(lambda change: seen.append(change.object), CHAOS_ENGINES)
    bench.seconds_until(lambda: engines.status(bench) == "completed")
    assert seen[-1]["spec"]["engineState"] == "stop"
    assert seen[-2]["spec"]["engineState"] == "active"
    assert seen[-1]["metadata"]["finalizers"] == [FINALIZER]


@pytest.mark.parametrize(("policy", "left"), [("retain", 2), ("delete", 0), ("", 2)])
def test_the_clean_up_policy_decides_what_is_left_of_jobs_and_pods(bench, policy, left):
    start(bench, **({"jobCleanUpPolicy": policy} if policy else {}))
    bench.seconds_until(lambda: engines.status(bench) == "completed")
    bench.wait(3)
    assert len(engines.chaos_pods(bench)) == left
    assert len(engines.chaos_jobs(bench)) == left // 2


def test_the_events_tell_the_story_in_order(bench):
    start(bench)
    bench.seconds_until(lambda: engines.status(bench) == "completed")
    assert bench.reasons(NAME, "chaos") == [
        "ChaosEngineInitialized",
        "ExperimentDependencyCheck",
        "ExperimentJobCreate",
        "PreChaosCheck",
        "ChaosInject",
        "PostChaosCheck",
        "Summary",
        "ChaosEngineCompleted",
    ]
    assert bench.reasons(f"{NAME}-pod-delete", "chaos") == ["Awaited", "Pass"]


def test_deleting_a_completed_engine_needs_a_live_operator(bench):
    start(bench)
    bench.seconds_until(lambda: engines.status(bench) == "completed")
    bench.scale_operator(0)
    bench.store.delete(CHAOS_ENGINES, NAME, "chaos")
    bench.wait(20)
    assert engines.found(bench)
    bench.scale_operator(1)
    bench.seconds_until(lambda: engines.found(bench) is None)


def test_with_the_operator_down_a_new_engine_is_left_alone(bench):
    bench.scale_operator(0)
    start(bench, wait=20)
    assert engines.status(bench) == ""
    assert not engines.chaos_pods(bench)


def test_active_on_a_completed_engine_runs_the_chaos_again(bench):
    start(bench)
    bench.seconds_until(lambda: engines.status(bench) == "completed")
    engines.set_state(bench, "active")
    bench.seconds_until(lambda: engines.injecting(bench))
    bench.seconds_until(lambda: engines.status(bench) == "completed")
    assert engines.result(bench)["status"]["history"]["passedRuns"] == 2


def test_an_engine_created_as_stop_is_not_touched(bench):
    start(bench, engineState="stop", wait=10)
    assert engines.status(bench) == ""
    assert not engines.chaos_pods(bench)


def test_a_finalizer_of_ours_keeps_initialized_unwritten_and_a_stop_unheard(bench):
    made = engines.engine()
    made["metadata"]["finalizers"] = ["example.org/ours"]
    bench.store.create(CHAOS_ENGINES, made)
    bench.seconds_until(lambda: engines.injecting(bench))
    assert engines.status(bench) == ""
    engines.set_state(bench, "stop")
    bench.wait(10)
    assert engines.chaos_pods(bench)


def test_a_missing_experiment_leaves_the_engine_initialized_with_a_warning(bench):
    bench.store.delete(CHAOS_EXPERIMENTS, "pod-delete", "chaos")
    start(bench, wait=20)
    assert engines.status(bench) == "initialized"
    assert engines.found(bench)["status"].get("experiments") is None
    assert bench.reasons(NAME, "chaos") == ["ChaosResourcesOperationFailed"]


def test_a_missing_service_account_does_the_same(bench):
    start(bench, chaosServiceAccount="nobody", wait=20)
    assert engines.status(bench) == "initialized"
    assert bench.reasons(NAME, "chaos") == ["ChaosResourcesOperationFailed"]


def test_an_appkind_without_a_label_flips_to_stopped_without_a_word(bench):
    start(bench, appinfo={"appns": "payments", "appkind": "deployment"}, wait=5)
    assert engines.status(bench) == "stopped"
    assert bench.reasons(NAME, "chaos") == ["ChaosEngineStopped"]


def test_an_experiment_without_labels_makes_the_runner_crash(bench):
    change = {"spec": {"definition": {"labels": None}}}
    bench.store.patch(CHAOS_EXPERIMENTS, "pod-delete", change, "chaos")
    start(bench, wait=10)
    (runner,) = bench.store.view(PODS, "chaos")
    assert runner["status"]["containerStatuses"][0]["state"]["waiting"]["reason"] == "CrashLoopBackOff"
    assert engines.status(bench) == "initialized"
