"""Values that Litmus would take for others, or for nothing, without a word: refused with a sentence."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from chaos.domain.errors import Refused
from chaos.domain.spec import FaultSpec, TargetSpec
from chaos.domain.targets import Targets
from chaos.faults import example
from chaos.faults.catalogue import FAULTS, find, plan_injections
from tests.support.builders import a_node, pods


def canonical(name, **parameters):
    fault = find(name)
    return fault.canonical(example.parameters(fault) | parameters)


@pytest.mark.parametrize("networks", ["fd00::/8", "::1", "10.0.0.0/8,fd00::1", ["10.0.0.1", "2001:db8::/32"]])
def test_a_network_of_ip_version_6_is_refused_since_litmus_skips_it_and_says_injected(networks):
    with pytest.raises(Refused, match="is IPv6, which Litmus leaves out without a word") as caught:
        canonical("pod-network-loss", to_networks=networks)
    assert caught.value.field == "to_networks"
    assert not re.fullmatch(find("pod-network-loss").env_rules()["DESTINATION_IPS"], "fd00::/8")


@pytest.mark.parametrize("networks", ["10.96.0.0/12", "10.0.0.1,10.0.0.2", "0.0.0.0/0"])
def test_a_network_of_ip_version_4_is_sent_as_one(networks):
    found = canonical("pod-network-loss", to_networks=networks)
    sent = find("pod-network-loss").env_of(found)["DESTINATION_IPS"]
    assert re.fullmatch(find("pod-network-loss").env_rules()["DESTINATION_IPS"], sent)
    assert sent.split(",") == [one if "/" in one else f"{one}/32" for one in networks.split(",")]


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("pod-network-latency", {"latency": "1.4ms"}),
        ("pod-network-latency", {"latency": "100ms", "jitter": "0.4ms"}),
        ("pod-http-latency", {"latency": "1.5ms"}),
        ("pod-http-reset-peer", {"after": "0.4ms"}),
    ],
)
def test_a_part_of_a_millisecond_is_refused_and_does_not_become_a_whole_one_or_none(name, parameters):
    with pytest.raises(Refused, match="is not a whole number of milliseconds"):
        canonical(name, **parameters)


def test_a_delay_varies_by_no_more_than_it_is():
    """Less than nothing is nothing: the traffic control would cut the jitter off at zero."""
    with pytest.raises(Refused, match="20s is more than the latency itself, 10ms") as caught:
        canonical("pod-network-latency", latency="10ms", jitter="20s")
    assert caught.value.field == "jitter"
    assert canonical("pod-network-latency", latency="1s", jitter="1000ms")["jitter"] == "1s"


@pytest.mark.parametrize("name", ["pod-delete", "pod-network-latency", "node-drain", "node-cpu-hog"])
def test_litmus_counts_whole_seconds_so_no_other_duration_is_planned(name):
    fault, one = find(name), timedelta(seconds=1)
    targets = Targets("payments", () if fault.on_nodes else pods()[:1], 6, 6)
    selector = TargetSpec("payments", "node-of" if fault.on_nodes else "deployment", {"app": "api"}, count=1)
    if fault.on_nodes:
        targets = replace(targets, nodes=(a_node(),), spare="node-5")
    spec = FaultSpec(name, 2.5 * one, selector, canonical(name))
    with pytest.raises(Refused, match="Litmus counts whole seconds"):
        plan_injections("0f0e0d0c", 0, spec, targets)
    (injection,) = plan_injections("0f0e0d0c", 0, replace(spec, duration=2 * one), targets)
    assert injection.env["TOTAL_CHAOS_DURATION"] == "2"


OF_A_NETWORK = [name for name in FAULTS if name.startswith(("pod-network-", "pod-dns-", "pod-http-"))]


@pytest.mark.parametrize("name", OF_A_NETWORK)
def test_a_fault_in_a_pods_network_is_the_whole_pods_so_it_takes_no_container(name):
    with pytest.raises(Refused, match=f"{name} has no parameter container"):
        canonical(name, container="sidecar")


@pytest.mark.parametrize(
    "name", ["pod-cpu-hog", "pod-memory-hog", "pod-io-stress", "disk-fill", "container-kill"]
)
def test_a_fault_in_a_container_may_name_it(name):
    assert canonical(name, container="sidecar")["container"] == "sidecar"


def tainted(key):
    return canonical("node-taint", key=key)["key"]


@pytest.mark.parametrize(
    "key",
    [
        "a/node.kubernetes.io/x", "node.kubernetes.io/unreachable", "kubernetes.io/x", "a.k8s.io/x",
        "k8s.io/x", "/x", "a/", "a//b", "A.b/c", "-a", "a-", "x" * 64, f"{'p' * 254}/x", "a b", "a=b", "a:b",
    ],
)  # fmt: skip
def test_what_is_no_key_of_a_taint_or_is_kubernetes_own_is_refused(key):
    with pytest.raises(Refused, match="is not a taint's key"):
        tainted(key)


@pytest.mark.parametrize(
    "key", ["gameday", "gameday.zone-failure", "bank.example/zone_Failure", "k8s.io.example/x"]
)
def test_the_key_of_a_taint_has_the_shape_of_a_labels(key):
    assert tainted(key) == key
    sent = f"{key}=gameday:NoSchedule"
    assert re.fullmatch(find("node-taint").env_rules()["TAINTS"], sent)
