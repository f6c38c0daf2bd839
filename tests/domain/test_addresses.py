"""Addresses that an administrator may enter, and those that nobody is sent to."""

import pytest

from chaos.domain.addresses import checked, is_off_limits, origin
from chaos.domain.errors import Refused


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254", "169.254.0.1", "fe80::1", "fe80::1%eth0", "fd00:ec2::254", "100.100.100.200",
        "168.63.129.16", "192.0.0.192", "0.0.0.1", "::", "255.255.255.255", "224.0.0.1", "ff02::1",
        "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1",
    ],
)  # fmt: skip
def test_metadata_services_and_link_local_addresses_are_off_limits(address):
    assert is_off_limits(address)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "10.0.0.1", "192.168.1.1", "fd12::1", "8.8.8.8"])
def test_private_networks_and_the_machine_itself_are_where_clusters_are(address):
    assert not is_off_limits(address)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ftp://k8s", "is written https://host:port"),
        ("k8s:6443", "is written https://host:port"),
        ("https://", "is written https://host:port"),
        ("https://k8s:0", "is written https://host:port"),
        ("https://k8s:99999", "is written https://host:port"),
        ("https://k8s/?a=1", "is written https://host:port"),
        ("https://k8s/#a", "is written https://host:port"),
        ("https://k8 s", "is written https://host:port"),
        ("https://[::1", "is written https://host:port"),
        ("https://me:secret@k8s", "must not hold a name or a password"),
        ("http://169.254.169.254/latest", "is link-local or a cloud's own"),
        ("http://[::ffff:169.254.169.254]/", "is link-local or a cloud's own"),
    ],
)
def test_an_address_that_cannot_be_is_a_sentence_at_its_field(url, words):
    with pytest.raises(Refused, match=words) as refusal:
        checked(url, "The address of the API server", "server")
    assert refusal.value.field == "server"
    assert "secret" not in str(refusal.value)


def test_an_address_loses_the_slash_at_its_end_and_keeps_its_path():
    assert checked(" https://k8s.example:6443/ ", "It", "server") == "https://k8s.example:6443"
    assert checked("https://metrics.example/prom/", "It", "server") == "https://metrics.example/prom"


def test_the_same_origin_is_the_same_whatever_its_path_and_usual_port():
    assert origin("https://k8s/a") == origin("https://k8s:443/b")
    assert origin("https://k8s") != origin("http://k8s")
    assert origin("https://k8s") != origin("https://k8s.evil.example")
