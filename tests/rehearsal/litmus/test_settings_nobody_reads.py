"""A setting that litmus-go would ignore is refused here, before anything is touched."""

import pytest

from deploy.rehearsal.litmus.faults import FAULTS
from deploy.rehearsal.litmus.known import unread
from deploy.rehearsal.store import CHAOS_EXPERIMENTS
from tests.rehearsal.litmus import engines
from tests.rehearsal.platform.bench import Bench


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_what_a_fault_is_installed_with_is_read_by_it(bench: Bench, fault: str):
    env = bench.store.get(CHAOS_EXPERIMENTS, fault, "chaos")["spec"]["definition"]["env"]
    beside = {"CONTAINER_RUNTIME", "SOCKET_PATH"}  # the same in each, and read where there is a helper
    assert unread(fault, {one["name"] for one in env} - beside) == []


@pytest.mark.parametrize(
    ("fault", "env", "name"),
    [
        ("pod-network-latency", {"NETWORK_LATENCY_MS": "300"}, "NETWORK_LATENCY_MS"),
        ("pod-network-latency", {"LATENCY": "300"}, "LATENCY"),
        ("pod-delete", {"DELETE_FORCE": "true"}, "DELETE_FORCE"),
        ("node-drain", {"TARGET_NODES": engines.NODE}, "TARGET_NODES"),
        ("pod-autoscaler", {"REPLICAS": "9"}, "REPLICAS"),
    ],
)
def test_an_engine_with_a_setting_that_nobody_reads_ends_in_an_error_and_touches_nothing(
    bench: Bench, fault: str, env: dict[str, str], name: str
):
    before = bench.pods("payments-api")
    engines.start(bench, fault=fault, env=env)
    bench.seconds_until(lambda: engines.result(bench) and engines.outcome(bench)[0] == "Error")
    found = engines.result(bench)
    assert found
    error = found["status"]["experimentStatus"]["errorOutput"]
    assert error["errorCode"] == "GENERIC_ERROR"
    assert name in error["reason"]
    assert engines.helpers(bench) == []
    assert [pod["metadata"]["uid"] for pod in bench.pods("payments-api")] == [
        pod["metadata"]["uid"] for pod in before
    ]


def test_what_only_the_experiment_of_litmus_own_charts_sets_is_left_alone(bench: Bench):
    dead = [{"name": "TC_IMAGE", "value": "gaiadocker/iproute2"}]
    found = bench.store.get(CHAOS_EXPERIMENTS, "pod-network-latency", "chaos")
    env = [*found["spec"]["definition"]["env"], *dead]
    bench.store.patch(
        CHAOS_EXPERIMENTS, "pod-network-latency", {"spec": {"definition": {"env": env}}}, "chaos"
    )
    engines.running(bench, "pod-network-latency", {"NETWORK_LATENCY": "300"})
    assert "injected" in engines.states(bench).values()
