"""What each fault on pods does to them, and that it is over when it is over."""

import pytest

from deploy.rehearsal.platform.facts import phase, restarts
from deploy.rehearsal.platform.sight import view_of
from tests.rehearsal.litmus import engines
from tests.rehearsal.litmus.engines import gone, running, states


def fact(bench, name, app="payments"):
    uid = bench.pod(name)["metadata"]["uid"]
    seen = getattr(view_of(bench.store, bench.world.troubles), app)
    return next(pod for pod in seen if pod.uid.startswith(uid))


def hit(bench, fault, env, app="payments-api"):
    """One pod with the fault in it."""
    name = bench.names(app)[0]
    running(bench, fault, {**env, "TARGET_PODS": name}, appinfo=appinfo(app))
    bench.wait(1)
    return name


def appinfo(app="payments-api", namespace="payments", kind="deployment"):
    return {"appns": namespace, "appkind": kind, "applabel": f"app={app}"}


LASTING = [
    ("pod-network-latency", {"NETWORK_LATENCY": "300"}),
    ("pod-network-loss", {"NETWORK_PACKET_LOSS_PERCENTAGE": "20"}),
    ("pod-network-corruption", {"NETWORK_PACKET_CORRUPTION_PERCENTAGE": "20"}),
    ("pod-network-duplication", {"NETWORK_PACKET_DUPLICATION_PERCENTAGE": "100"}),
    ("pod-network-rate-limit", {"NETWORK_BANDWIDTH": "1mbit"}),
    ("pod-cpu-hog", {"CPU_CORES": "1"}),
    ("pod-io-stress", {}),
    ("pod-dns-error", {}),
    ("pod-dns-spoof", {"SPOOF_MAP": '{"ledger": "elsewhere"}'}),
    ("pod-http-latency", {"TARGET_SERVICE_PORT": "8080", "LATENCY": "300"}),
    ("pod-http-status-code", {"TARGET_SERVICE_PORT": "8080", "TOXICITY": "50", "STATUS_CODE": "503"}),
    ("pod-http-reset-peer", {"TARGET_SERVICE_PORT": "8080", "TOXICITY": "50"}),
    ("pod-http-modify-body", {"TARGET_SERVICE_PORT": "8080"}),
]


@pytest.mark.parametrize(("fault", "env"), LASTING)
def test_a_lasting_fault_changes_its_target_and_ends_with_the_engine(bench, fault, env):
    name = bench.names()[0]
    clean = fact(bench, name)
    assert hit(bench, fault, env) == name
    assert fact(bench, name) != clean
    assert fact(bench, bench.names()[1]).answers == ()
    gone(bench)
    assert fact(bench, name) == clean
    assert states(bench) == {f"pod/{name}": "reverted"}


def test_latency_and_jitter_are_milliseconds(bench):
    (link,) = fact(
        bench, hit(bench, "pod-network-latency", {"NETWORK_LATENCY": "500", "JITTER": "50"})
    ).answers
    assert (link.latency, link.jitter) == (0.5, 0.05)


@pytest.mark.parametrize(
    ("env", "answers", "fraud", "ledger"),
    [
        ({"DESTINATION_IPS": "10.96.0.0/12"}, False, True, False),
        ({"DESTINATION_IPS": "10.244.0.0/16"}, True, False, False),
        ({"DESTINATION_HOSTS": "fraud-detector.payments.svc"}, False, True, False),
        ({"DESTINATION_HOSTS": "ledger"}, False, False, True),
        ({"DESTINATION_IPS": "!10.244.0.0/16"}, False, True, True),
        ({"SOURCE_PORTS": "8080"}, True, False, False),
        ({"DESTINATION_PORTS": "443"}, False, False, True),
        ({"DESTINATION_PORTS": "8080,9092"}, False, True, False),
        ({"DESTINATION_PORTS": "443", "DESTINATION_HOSTS": "fraud-detector.payments.svc"}, False, True, True),
        ({"DESTINATION_PORTS": "443", "SOURCE_PORTS": "8080"}, True, False, True),
        ({"DESTINATION_IPS": "10.96.0.0/12", "SOURCE_PORTS": "1"}, False, True, False),
        ({}, True, True, True),
    ],
)
def test_only_what_goes_to_the_destinations_is_delayed(bench, env, answers, fraud, ledger):
    seen = fact(bench, hit(bench, "pod-network-latency", {"NETWORK_LATENCY": "300", **env}))
    assert (bool(seen.answers), bool(seen.fraud), bool(seen.ledger)) == (answers, fraud, ledger)


def test_a_pod_that_loses_every_packet_leaves_the_endpoints_and_comes_back(bench):
    hit(bench, "pod-network-loss", {})
    bench.seconds_until(lambda: bench.serving() == 5, at_most=5)
    gone(bench)
    bench.seconds_until(lambda: bench.serving() == 6, at_most=3)


def test_a_cpu_hog_leaves_a_fair_share_of_the_limit(bench):
    assert fact(bench, hit(bench, "pod-cpu-hog", {"CPU_CORES": "4", "CPU_LOAD": "50"})).speed == 0.5


@pytest.mark.parametrize(("megabytes", "killed"), [("200", 0), ("500", 1)])
def test_a_memory_hog_past_the_limit_has_the_container_killed_and_started_again(bench, megabytes, killed):
    name = hit(bench, "pod-memory-hog", {"MEMORY_CONSUMPTION": megabytes})
    assert restarts(bench.pod(name)) == killed
    assert bench.serving() == 6 - killed
    bench.seconds_until(lambda: bench.serving() == 6, at_most=20)
    assert restarts(bench.pod(name)) == killed


def test_a_killed_container_is_started_again_in_the_same_pod_and_is_away_meanwhile(bench):
    name = bench.names()[0]
    uid = bench.pod(name)["metadata"]["uid"]
    before = fact(bench, name).uid
    hit(bench, "container-kill", {"TOTAL_CHAOS_DURATION": "10", "CHAOS_INTERVAL": "10"})
    assert bench.serving() == 5
    assert fact(bench, name).uid != before
    took = bench.seconds_until(lambda: bench.serving() == 6)
    assert 6 < took < 11
    assert bench.pod(name)["metadata"]["uid"] == uid
    assert restarts(bench.pod(name)) == 1


def test_a_container_is_killed_once_in_each_interval_and_waits_longer_each_time(bench):
    name = hit(bench, "container-kill", {"TOTAL_CHAOS_DURATION": "30", "CHAOS_INTERVAL": "10"})
    bench.seconds_until(lambda: engines.status(bench) == "completed", at_most=90)
    assert restarts(bench.pod(name)) in (2, 3)  # the third round may find nothing that runs
    assert states(bench) == {f"pod/{name}": "reverted"}


@pytest.mark.parametrize(("percent", "evicted"), [("80", False), ("100", True)])
def test_a_full_disk_has_the_pod_evicted(bench, percent, evicted):
    name = hit(bench, "disk-fill", {"FILL_PERCENTAGE": percent})
    bench.wait(3)
    assert (phase(bench.pod(name)) == "Failed") == evicted
    assert len(bench.names()) == (7 if evicted else 6)
    gone(bench)
    assert (name in bench.names()) == (not evicted)
    assert states(bench) == {f"pod/{name}": "reverted"}


def test_an_evicted_broker_is_back_under_its_name(bench):
    broker = {"TARGET_PODS": "kafka-1", "FILL_PERCENTAGE": "120"}
    uid = bench.pod("kafka-1", "kafka")["metadata"]["uid"]
    running(bench, "disk-fill", broker, appinfo=appinfo("kafka", "kafka", "statefulset"))
    bench.seconds_until(lambda: bench.serving("kafka", "kafka") == 2)
    bench.seconds_until(lambda: bench.serving("kafka", "kafka") == 3)
    assert bench.pod("kafka-1", "kafka")["metadata"]["uid"] != uid


@pytest.mark.parametrize(
    ("names", "match", "fraud"),
    [
        ("", "exact", True),
        ('["fraud"]', "exact", False),
        ('["fraud"]', "substring", True),
        ('["fraud-detector"]', "exact", True),
        ('["ledger"]', "exact", False),
    ],
)
def test_the_names_that_are_lost_are_those_that_match(bench, names, match, fraud):
    env = {"TARGET_HOSTNAMES": names, "MATCH_SCHEME": match}
    assert bool(fact(bench, hit(bench, "pod-dns-error", env)).fraud) == fraud


def test_a_proxy_before_a_port_that_nobody_listens_on_changes_nothing(bench):
    name = bench.names()[0]
    clean = fact(bench, name)
    hit(bench, "pod-http-status-code", {"TARGET_SERVICE_PORT": "80"})
    assert fact(bench, name) == clean


def test_answers_that_are_all_errors_fail_the_readiness_probe_too(bench):
    hit(bench, "pod-http-status-code", {"TARGET_SERVICE_PORT": "8080", "STATUS_CODE": "503"})
    bench.seconds_until(lambda: bench.serving() == 5, at_most=5)


def test_half_a_second_to_fraud_scoring_leaves_the_breaker_closed_and_more_than_a_second_opens_it(bench):
    calls = bench.world.traffic.payments.fraud
    env = {"TARGET_PODS": ",".join(bench.names("fraud-detector"))}
    running(
        bench, "pod-network-latency", {**env, "NETWORK_LATENCY": "500"}, appinfo=appinfo("fraud-detector")
    )
    bench.wait(6, traffic=True)
    assert calls.state.name == "CLOSED"
    gone(bench)
    engines.start(
        bench,
        "run-2",
        fault="pod-network-latency",
        env={**env, "NETWORK_LATENCY": "1100", "TOTAL_CHAOS_DURATION": "60"},
        appinfo=appinfo("fraud-detector"),
    )
    bench.seconds_until(lambda: "injected" in states(bench, "run-2").values())
    bench.wait(4, traffic=True)
    assert calls.state.name == "OPEN"
    gone(bench, "run-2")
    bench.wait(12, traffic=True)
    assert calls.state.name == "CLOSED"
