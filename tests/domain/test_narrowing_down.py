"""What traffic and which names a fault is narrowed down to: what is approved is what Litmus touches."""

import pytest

from chaos.domain.errors import Refused
from chaos.faults import example
from chaos.faults.catalogue import FAULTS, find

IN_THE_NETWORK = [
    name for name, fault in FAULTS.items() if any(item.name == "to_ports" for item in fault.parameters)
]
HOST, NETWORK, PORT = ("to_hosts", "ledger.bank.svc"), ("to_networks", "10.0.0.0/8"), ("to_ports", "443")
FROM = ("from_ports", "8080")


def canonical(name, **parameters):
    fault = find(name)
    return fault.canonical(example.parameters(fault) | parameters)


@pytest.mark.parametrize("name", IN_THE_NETWORK)
@pytest.mark.parametrize("pair", [(HOST, PORT), (NETWORK, PORT), (HOST, FROM), (PORT, FROM)], ids=str)
def test_two_narrowings_of_which_litmus_touches_either_are_refused(name, pair):
    """Litmus gives each host, port and source port a filter of its own: `443 of x` cannot be said."""
    with pytest.raises(Refused, match="do not narrow each other down: Litmus touches all that fits either"):
        canonical(name, **dict(pair))


@pytest.mark.parametrize("name", IN_THE_NETWORK)
def test_hosts_and_networks_are_of_one_kind_and_each_kind_is_fine_by_itself(name):
    for given in (dict([HOST, NETWORK]), dict([PORT]), dict([FROM])):
        assert given.items() <= canonical(name, **given).items()


def test_what_may_be_left_out_is_not_left_empty_since_that_means_everything():
    empty = [
        (name, item.name) for name, fault in FAULTS.items() for item in fault.parameters if item.default == ""
    ]
    assert {("pod-network-loss", "to_hosts"), ("pod-dns-error", "hosts")} <= set(empty)
    for name, key in empty:
        with pytest.raises(Refused, match=f"{key} is empty. Leave it out or say what it is") as caught:
            canonical(name, **{key: ""})
        assert caught.value.field == key
        assert key not in canonical(name) or key in example.parameters(find(name))


@pytest.mark.parametrize(
    "host", ["ledger", "ledger.", "a..b.svc", "1.5", "10.1.1.1", "010.1.1.1", "x" * 64 + ".y"]
)
def test_a_host_that_the_experiments_pod_would_not_find_by_that_name_is_refused(host):
    with pytest.raises(Refused, match="is not a full host name, like ledger"):
        canonical("pod-network-loss", to_hosts=f"ledger.bank.svc,{host}")


def test_a_host_name_is_no_longer_than_253_characters():
    longest = ".".join(["a" * 61, "b" * 63, "c" * 63, "d" * 63])
    assert canonical("pod-network-loss", to_hosts=longest)["to_hosts"] == longest
    with pytest.raises(Refused):
        canonical("pod-network-loss", to_hosts=f"aa{longest}")


@pytest.mark.parametrize("host", ["1.5", "a..b", "010.1.1.1", "-a", "a-.b", "7", "\u0661.bank"])
def test_what_is_no_host_name_is_no_name_to_look_up_either(host):
    with pytest.raises(Refused, match="is not a host name"):
        canonical("pod-dns-error", hosts=host)
    with pytest.raises(Refused, match="is not a name and a host"):
        canonical("pod-dns-spoof", map=f"ledger={host}")


def test_names_with_figures_in_them_are_names():
    assert canonical("pod-dns-error", hosts="db1,1a.bank,3scale.x2")["hosts"] == "db1,1a.bank,3scale.x2"


def test_a_name_that_leads_to_itself_is_no_fault():
    with pytest.raises(Refused, match="ledger would lead where it leads anyway"):
        canonical("pod-dns-spoof", map="ledger=ledger")


@pytest.mark.parametrize("percent", ["\u0661\u0662", "007", "00", "-0", "1_0", "1.0"])
def test_a_whole_number_is_written_in_plain_figures_and_in_one_way(percent):
    with pytest.raises(Refused, match="is not a whole number"):
        canonical("pod-network-loss", percent=percent)


@pytest.mark.parametrize(
    ("asked", "first"), [("pod-delet", "pod-delete"), ("network-latency", "pod-network-latency")]
)
def test_a_fault_that_is_misspelt_is_told_by_its_nearest_name_first(asked, first):
    with pytest.raises(Refused, match=f"There is no fault '{asked}'. Did you mean {first}") as caught:
        find(asked)
    assert str(caught.value).endswith(f"The catalogue has {', '.join(FAULTS)}.")


def test_a_fault_that_is_like_none_is_told_what_there_is():
    with pytest.raises(Refused, match=r"There is no fault 'qqq'\. The catalogue has pod-delete, "):
        find("qqq")
