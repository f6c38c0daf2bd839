"""Who we are to servers: what is kept is opened late, shown nowhere, and sent to nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from chaos.adapters import peers
from chaos.adapters.http_probe import HttpProbe
from chaos.adapters.kubernetes_api import Connection, KubernetesApi
from chaos.adapters.kubernetes_paths import Resource
from chaos.adapters.prometheus import check
from chaos.adapters.prometheus_client import PrometheusClient, PrometheusSettings
from chaos.domain.errors import Forbidden, Refused
from chaos.domain.spec import ProbeKind, ProbeSpec
from tests.adapters.stub_server import Answer, Stub, stub_server
from tests.adapters.tls import Served, served_over_tls

NODES = Resource("v1", "nodes")


@pytest.fixture
def stub() -> Iterator[Stub]:
    with stub_server(lambda asked: Answer()) as server:
        yield server


@pytest.fixture(scope="module")
def tls() -> Iterator[Served]:
    with served_over_tls() as served:
        yield served


def test_a_kept_token_is_opened_for_each_call(stub: Stub) -> None:
    tokens = iter(["first", "second"])
    api = KubernetesApi(Connection(stub.url, token=lambda: next(tokens)))
    api.list(NODES, "")
    api.list(NODES, "")
    assert [asked.headers["Authorization"] for asked in stub.asked] == ["Bearer first", "Bearer second"]


def test_a_token_that_no_key_opens_is_forbidden_when_asked_and_not_before(stub: Stub) -> None:
    def opened() -> str:
        raise Forbidden("No key opens it.")

    api = KubernetesApi(Connection(stub.url, token=opened))
    with pytest.raises(Forbidden, match="No key opens it"):
        api.list(NODES, "")
    assert stub.asked == []


def test_prometheus_is_asked_with_a_kept_token_or_with_name_and_password(stub: Stub) -> None:
    check(PrometheusClient(PrometheusSettings(stub.url, secret=lambda: "hush")))
    check(PrometheusClient(PrometheusSettings(stub.url, secret=lambda: "hush", username="gameday")))
    said = [asked.headers["Authorization"] for asked in stub.asked]
    assert said == ["Bearer hush", "Basic Z2FtZWRheTpodXNo"]


def test_no_kept_secret_travels_in_clear_text() -> None:
    with pytest.raises(Refused, match="clear text"):
        KubernetesApi(Connection("http://k8s.example", token=lambda: "hush"))


def test_no_setting_shows_its_secret(tls: Served) -> None:
    shown = repr(Connection("https://k8s", token=lambda: "hush", ca_pem=tls.ca_pem))
    shown += repr(PrometheusSettings("https://p", secret=lambda: "hush", ca_pem=tls.ca_pem))
    assert "hush" not in shown and "lambda" not in shown and "BEGIN" not in shown


def test_a_ca_given_as_text_is_trusted(tls: Served) -> None:
    assert KubernetesApi(Connection(tls.url, ca_pem=tls.ca_pem)).read("/version") == {}
    found = check(PrometheusClient(PrometheusSettings(tls.url, ca_pem=tls.ca_pem)))
    assert "not Prometheus' JSON" in found.sentence, "the answer was read, so the connection stood"


def test_a_server_of_another_ca_is_not_spoken_to(tls: Served) -> None:
    with served_over_tls() as other:
        with pytest.raises(Exception, match="Check the CA"):
            KubernetesApi(Connection(tls.url, ca_pem=other.ca_pem)).read("/version")
        found = check(PrometheusClient(PrometheusSettings(tls.url, ca_pem=other.ca_pem)))
        assert "no trusted TLS connection" in found.sentence


@pytest.fixture
def off_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing link-local answers here, so loopback stands in for it."""
    monkeypatch.setattr(peers, "is_off_limits", lambda address: address == "127.0.0.1")


def test_a_name_that_leads_off_limits_is_told_nothing(stub: Stub, tls: Served, off_limits: None) -> None:
    with pytest.raises(Refused, match="nothing was sent"):
        KubernetesApi(Connection(stub.url, token=lambda: "hush")).list(NODES, "")
    with pytest.raises(Refused, match="nothing was sent"):
        KubernetesApi(Connection(tls.url, ca_pem=tls.ca_pem)).read("/version")
    found = check(PrometheusClient(PrometheusSettings(stub.url, secret=lambda: "hush")))
    assert not found.is_met and "nothing was sent" in found.sentence
    second = timedelta(seconds=1)
    reading = HttpProbe().read(ProbeSpec("health", ProbeKind.HTTP_STATUS, stub.url, "", second, second, 4))
    assert reading.value is None and "nothing was sent" in reading.unknown
    assert stub.asked == []
