"""Which pods pod-delete takes, how often, and how gently."""

import pytest

from deploy.rehearsal.litmus.settings import Settings
from deploy.rehearsal.litmus.targets import affected
from deploy.rehearsal.store import PODS
from tests.rehearsal.litmus import engines
from tests.rehearsal.litmus.engines import start


def finish(bench) -> None:
    bench.seconds_until(lambda: engines.status(bench) == "completed", at_most=300)


@pytest.mark.parametrize(
    ("count", "percent", "pods"), [(6, 0, 1), (6, 30, 1), (6, 50, 3), (6, 100, 6), (3, 10, 1), (0, 50, 0)]
)
def test_a_percentage_is_rounded_down_and_never_below_one(count, percent, pods):
    assert affected(count, percent) == pods


@pytest.mark.parametrize(
    ("text", "value"), [("30", 30), ("30s", 0), ("", 15), ("1.5", 0), ("-3", -3), ("ten", 0)]
)
def test_numbers_are_read_as_litmus_reads_them(text, value):
    assert Settings({"X": text}).integer("X", "15") == value


@pytest.mark.parametrize(("percent", "pods"), [("", 1), ("0", 1), ("30", 1), ("50", 3)])
def test_the_percentage_says_how_many_of_six_are_killed(bench, percent, pods):
    start(bench, env={"PODS_AFFECTED_PERC": percent})
    bench.seconds_until(lambda: engines.injecting(bench))
    assert bench.serving() == 6 - pods
    assert len(bench.killed) == pods


def test_named_pods_are_killed_and_no_others(bench):
    chosen = sorted(bench.names()[1:4])
    start(bench, env={"TARGET_PODS": ",".join(chosen), "PODS_AFFECTED_PERC": "100"})
    bench.seconds_until(lambda: engines.injecting(bench))
    assert sorted(bench.killed) == chosen
    assert bench.serving() == 3


def test_without_names_every_round_picks_afresh(bench):
    start(bench, env={"TOTAL_CHAOS_DURATION": "60", "CHAOS_INTERVAL": "15"})
    finish(bench)
    assert len(set(bench.killed)) == 4


def test_an_interval_as_long_as_the_duration_makes_one_round(bench):
    start(bench, env={"TOTAL_CHAOS_DURATION": "20", "CHAOS_INTERVAL": "30"})
    finish(bench)
    assert len(bench.killed) == 1


def test_a_duration_with_a_unit_is_zero_and_injects_nothing(bench):
    start(bench, env={"TOTAL_CHAOS_DURATION": "30s"})
    finish(bench)
    assert bench.killed == []
    assert engines.outcome(bench) == ("Completed", "Pass")
    assert bench.serving() == 6


@pytest.mark.parametrize(("force", "left"), [("true", 5), ("false", 6)])
def test_force_takes_the_pod_away_at_once_and_otherwise_it_ends_gracefully(bench, force, left):
    start(bench, env={"FORCE": force})
    before = set(bench.names())
    bench.seconds_until(lambda: engines.injecting(bench))
    assert len(before & set(bench.names())) == left


def test_a_label_that_matches_nothing_is_an_error_after_three_minutes(bench):
    start(bench, appinfo={"appns": "payments", "appkind": "deployment", "applabel": "app=nothing"})
    took = bench.seconds_until(
        lambda: engines.result(bench) and engines.outcome(bench)[0] == "Error", at_most=300
    )
    assert 180 <= took <= 190
    error = engines.result(bench)["status"]["experimentStatus"]["errorOutput"]
    assert error["errorCode"] == "TARGET_SELECTION_ERROR"


def test_two_labels_with_a_comma_mean_either(bench):
    info = {
        "appns": "payments",
        "appkind": "deployment",
        "applabel": "app=payments-api,app=fraud-detector",
    }
    start(bench, appinfo=info, env={"PODS_AFFECTED_PERC": "100"})
    bench.seconds_until(lambda: engines.injecting(bench))
    assert bench.serving("payments-api") == bench.serving("fraud-detector") == 0


def test_serial_kills_one_after_the_other(bench):
    env = {"SEQUENCE": "serial", "PODS_AFFECTED_PERC": "50", "CHAOS_INTERVAL": "10"}
    start(bench, env={**env, "TOTAL_CHAOS_DURATION": "30"})
    bench.seconds_until(lambda: engines.injecting(bench))
    assert bench.serving() == 5
    finish(bench)
    assert len(bench.killed) == 3


def test_the_experiment_pod_carries_its_settings_and_the_engines_grace(bench):
    start(bench, wait=5, env={"FORCE": "false"})
    pod = next(one for one in bench.store.view(PODS, "chaos") if "job-name" in one["metadata"]["labels"])
    env = {one["name"]: one["value"] for one in pod["spec"]["containers"][0]["env"]}
    assert env["TOTAL_CHAOS_DURATION"] == "20"
    assert env["FORCE"] == "false"
    assert env["LIB_IMAGE"] == "litmuschaos/go-runner:3.28.0", "from its ChaosExperiment"
    assert pod["spec"]["terminationGracePeriodSeconds"] == 60
