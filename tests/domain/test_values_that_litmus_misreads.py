"""Values that Litmus would take for others, or for nothing, without a word: refused with a sentence."""

import re

import pytest

from chaos.domain.errors import Refused
from chaos.faults import example
from chaos.faults.catalogue import find


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
