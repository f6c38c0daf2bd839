"""What an administrator may enter of a cluster, and what is refused at which field."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chaos.domain.errors import Refused
from chaos.models import Cluster
from chaos.services import cluster_entry, sealing
from chaos.services.cluster_entry import Entry
from deploy.rehearsal.api.certificates import make

pytestmark = pytest.mark.django_db

ENTRY = Entry("home", "staging", "https://k8s.example:6443/", "https://prometheus.example/", token="a-token")
KUBECONFIG = """apiVersion: v1
kind: Config
users:
- name: me
  user: {exec: {command: rm}}
"""


@pytest.fixture
def known():
    """As it stands after a token and a password were entered."""
    entry = replace(ENTRY, prometheus_auth="basic", prometheus_username="me", prometheus_secret="pass word")
    return Cluster.objects.create(name="home", uid="uid-1", **entry.columns())


def test_addresses_lose_their_last_slash_and_a_token_is_sealed():
    columns = ENTRY.columns()
    assert (columns["server"], columns["token_file"]) == ("https://k8s.example:6443", "")
    assert sealing.opened(columns["sealed_token"], "It") == "a-token"


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"name": "not a name"}, "name", "is no name for a cluster"),
        ({"name": "new"}, "name", "is no name for a cluster"),
        ({"environment": "moon"}, "environment", "no environment"),
        ({"chaos_namespace": "Chaos"}, "chaos_namespace", "no name of a namespace"),
        ({"service_account": "a b"}, "service_account", "no name of a service account"),
        ({"service_account": "chaos-{famly}"}, "service_account", "only {family} is known"),
        ({"service_account": "chaos-{family"}, "service_account", "only {family} is known"),
        ({"service_account": "litmus-admin"}, "service_account", "litmus-admin may do everything everywhere"),
        ({"server": "http://169.254.169.254"}, "server", "link-local"),
        ({"prometheus_url": "prometheus:9090"}, "prometheus_url", "is written https://host:port"),
        ({"services_url": "https://a:b@c"}, "services_url", "must not hold a name or a password"),
        ({"token": "two words"}, "token", "one word"),
        ({"token": None}, "token", "Give the token"),
        ({"token": KUBECONFIG}, "token", "This is a kubeconfig, and Gameday takes none"),
        ({"ca": KUBECONFIG}, "ca", "This is a kubeconfig, and Gameday takes none"),
        ({"ca": "hello"}, "ca", "no certificate in PEM form"),
        ({"ca": "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----"}, "ca", "private key"),
        ({"in_cluster": True}, "server", "does not run in a cluster"),
        ({"prometheus_auth": "bearer"}, "prometheus_secret", "Give the token for Prometheus"),
        ({"prometheus_auth": "basic"}, "prometheus_username", "Give the name"),
        ({"prometheus_auth": "basic", "prometheus_username": "me"}, "prometheus_secret", "Give the password"),
    ],
)
def test_what_cannot_be_is_a_sentence_at_its_field(change, field, words):
    with pytest.raises(Refused, match=words) as refusal:
        replace(ENTRY, **change).columns()
    assert refusal.value.field == field


def test_a_ca_is_kept_as_it_was_pasted(tmp_path):
    pem = make(tmp_path).authority.read_text()
    assert replace(ENTRY, ca=f"\n{pem}\n").columns()["ca_pem"] == pem


def test_a_token_that_is_not_entered_again_stays(known):
    assert replace(ENTRY, token=None).columns()["sealed_token"] == known.sealed_token


def test_a_token_is_not_sent_to_another_address_than_it_was_entered_for(known):
    with pytest.raises(Refused, match=r"was entered for https://k8s\.example:6443") as refusal:
        replace(ENTRY, token=None, server="https://elsewhere.example:6443").columns()
    assert refusal.value.field == "token"
    replace(ENTRY, token="another", server="https://elsewhere.example:6443").columns()


def test_a_file_that_is_named_on_this_server_is_not_sent_to_another_address_either(known):
    Cluster.objects.update(token_file="/run/token", sealed_token="")
    with pytest.raises(Refused, match="is not sent anywhere else"):
        replace(ENTRY, token=None, server="https://elsewhere.example").columns()


def test_the_password_of_prometheus_stays_for_its_address_alone(known):
    keeping = replace(ENTRY, prometheus_auth="basic", prometheus_username="me")
    assert keeping.columns()["sealed_prometheus_secret"] == known.sealed_prometheus_secret
    with pytest.raises(Refused, match="is not sent anywhere else") as refusal:
        replace(keeping, prometheus_url="https://elsewhere.example").columns()
    assert refusal.value.field == "prometheus_secret"
    with pytest.raises(Refused, match="Give the token for Prometheus"):
        replace(keeping, prometheus_auth="bearer").columns()


def test_a_prometheus_that_takes_no_secret_any_more_has_none_left(known):
    columns = ENTRY.columns()
    assert (columns["sealed_prometheus_secret"], columns["prometheus_username"]) == ("", "")


@pytest.mark.parametrize(("host", "server"), [("10.0.0.1", "10.0.0.1"), ("fd12::1", "[fd12::1]")])
def test_inside_a_cluster_everything_comes_from_the_service_account(host, server, tmp_path, monkeypatch):
    for name in ("token", "ca.crt"):
        (tmp_path / name).write_text("x")
    monkeypatch.setattr(cluster_entry, "ACCOUNT", tmp_path)
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", host)
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT", "6443")
    columns = replace(ENTRY, in_cluster=True, server="", token=None).columns()
    assert columns["server"] == f"https://{server}:6443"
    assert (columns["token_file"], columns["sealed_token"]) == (str(tmp_path / "token"), "")
