"""pod-network-partition and pod-autoscaler: objects that the experiment itself makes and takes back."""

import pytest

from deploy.rehearsal.litmus.faults.pod_network_partition import spec_of
from deploy.rehearsal.litmus.settings import Settings
from deploy.rehearsal.platform.sight import view_of
from deploy.rehearsal.store import DEPLOYMENTS, NETWORK_POLICIES
from tests.rehearsal.litmus import engines
from tests.rehearsal.litmus.engines import gone, states

PARTITION, SCALER = "pod-network-partition", "pod-autoscaler"


def policies(bench):
    return list(bench.store.view(NETWORK_POLICIES))


def cut(bench, app="payments"):
    """Pods whose answers, calls to fraud scoring, bookings get nowhere."""
    seen = getattr(view_of(bench.store, bench.world.troubles), app)
    return tuple(sum(bool(getattr(pod, way)) for pod in seen) for way in ("answers", "fraud", "ledger"))


def partition(bench, **env) -> None:
    engines.start(bench, fault=PARTITION, env={"TOTAL_CHAOS_DURATION": "60", **env})
    bench.seconds_until(lambda: policies(bench))


def replicas(bench) -> int:
    return int(bench.store.get(DEPLOYMENTS, "payments-api", "payments")["spec"]["replicas"])


def test_a_partition_cuts_off_every_pod_with_the_label_whatever_target_pods_says(bench):
    partition(bench, TARGET_PODS=bench.names()[0])
    assert cut(bench) == (6, 6, 6)
    (policy,) = policies(bench)
    assert policy["metadata"]["labels"]["chaosUID"] == engines.found(bench)["metadata"]["uid"]
    assert bench.serving() == 6  # the kubelet's probes come from the node


@pytest.mark.parametrize(
    ("env", "cuts"),
    [
        ({"POLICY_TYPES": "ingress"}, (6, 0, 0)),
        ({"POLICY_TYPES": "egress"}, (0, 6, 6)),
        ({"DESTINATION_IPS": "10.80.0.10"}, (0, 0, 6)),
        ({"POLICY_TYPES": "egress", "POD_SELECTOR": "app=fraud-detector"}, (0, 0, 6)),
        ({"POLICY_TYPES": "ingress", "PORTS": "tcp: [8080]"}, (0, 0, 0)),
        ({"POLICY_TYPES": "ingress", "PORTS": "tcp: [9000]"}, (6, 0, 0)),
    ],
)
def test_selectors_and_ports_say_what_stays_open(bench, env, cuts):
    partition(bench, **env)
    assert cut(bench) == cuts


def test_stopping_removes_the_policy(bench):
    partition(bench)
    gone(bench)
    assert policies(bench) == []
    assert cut(bench) == (0, 0, 0)
    assert set(states(bench).values()) == {"reverted"}


def test_a_partition_ends_by_itself(bench):
    partition(bench, TOTAL_CHAOS_DURATION="10")
    bench.seconds_until(lambda: engines.status(bench) == "completed", at_most=60)
    assert policies(bench) == []


def test_a_policy_without_rules_denies_both_ways():
    assert spec_of(Settings({}), "app=x") == {
        "podSelector": {"matchLabels": {"app": "x"}},
        "policyTypes": ["Egress", "Ingress"],
    }


def scaled(bench, count: str, **env) -> None:
    engines.start(bench, fault=SCALER, env={"REPLICA_COUNT": count, "TOTAL_CHAOS_DURATION": "60", **env})
    bench.seconds_until(lambda: replicas(bench) == int(count))


@pytest.mark.parametrize("count", ["8", "2"])
def test_a_workload_is_scaled_and_gets_its_own_number_back_when_stopped(bench, count):
    scaled(bench, count)
    bench.seconds_until(lambda: bench.serving() == int(count))
    gone(bench)
    assert replicas(bench) == 6
    assert states(bench) == {"deployment/payments-api": "reverted"}


def test_more_than_fits_stays_pending_and_is_scaled_back_as_failed(bench):
    scaled(bench, "30", TOTAL_CHAOS_DURATION="20")
    bench.seconds_until(lambda: engines.status(bench) == "completed", at_most=60)
    assert replicas(bench) == 6
    assert engines.outcome(bench) == ("Error", "Error")


def test_scaling_ends_by_itself(bench):
    scaled(bench, "7", TOTAL_CHAOS_DURATION="20")
    bench.seconds_until(lambda: engines.status(bench) == "completed", at_most=60)
    assert replicas(bench) == 6
    assert engines.outcome(bench) == ("Completed", "Pass")


def test_a_broker_that_is_cut_off_alone_is_lost_to_the_others(bench):
    label = {"applabel": "statefulset.kubernetes.io/pod-name=kafka-1", "appns": "kafka"}
    info = {**label, "appkind": "statefulset"}
    engines.start(bench, fault=PARTITION, env={"TOTAL_CHAOS_DURATION": "60"}, appinfo=info)
    bench.seconds_until(lambda: policies(bench))
    seen = view_of(bench.store, bench.world.troubles).brokers
    assert seen == {"kafka-0": True, "kafka-1": False, "kafka-2": True}
    gone(bench)
    assert all(view_of(bench.store, bench.world.troubles).brokers.values())
