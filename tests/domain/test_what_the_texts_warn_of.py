"""What an approver must read of some faults, since nothing else would tell."""

import pytest

from chaos.faults.catalogue import FAULTS, find


def named(prefix):
    return [fault for name, fault in FAULTS.items() if name.startswith(prefix)]


@pytest.mark.parametrize("fault", named("pod-http-"), ids=lambda fault: fault.name)
def test_the_proxy_decides_for_each_connection_and_not_for_each_request(fault):
    (percent,) = (item for item in fault.parameters if item.name == "percent")
    assert percent.what.startswith("How many of the connections")


CUTS = [*named("pod-network-"), *named("pod-http-")]


@pytest.mark.parametrize("fault", CUTS, ids=lambda fault: fault.name)
def test_the_kubelets_own_probes_pass_the_same_network(fault):
    assert "kubelet" in fault.risk
    assert "restart" in fault.risk


def test_a_pod_of_a_stateful_set_is_not_started_elsewhere_while_its_node_is_silent():
    fault = find("kubelet-service-kill")
    assert "StatefulSet" in f"{fault.effect} {fault.risk}"


@pytest.mark.parametrize("name", ["node-drain", "node-taint"])
def test_whoever_drives_pods_off_says_what_of_operator_monitoring_and_gameday(name):
    for word in ("operator", "monitoring", "Gameday"):
        assert word in find(name).risk, word
