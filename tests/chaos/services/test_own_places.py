"""What Gameday runs on is no target, whatever an administrator lists."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from chaos.domain.errors import Refused
from chaos.models import Cluster, Run
from chaos.services import clusters, own_places
from tests.support.builders import a_spec
from tests.support.launching import a_cluster, an_order, launched


@pytest.fixture
def home(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings) -> Path:
    """The service account of a pod in namespace `tools`, whose database and broker are Services."""
    (tmp_path / "namespace").write_text("tools\n")
    monkeypatch.setattr(own_places.namespaces, "__defaults__", (tmp_path,))
    monkeypatch.setitem(settings.DATABASES["default"], "HOST", "pg.databases.svc")
    settings.REDIS_URL = "rediss://:secret@valkey.brokers.svc.cluster.local:6379/0"
    return tmp_path


def order_in(namespace: str):
    spec = a_spec()
    targets = replace(spec.fault.targets, namespace=namespace)
    return an_order(spec=replace(spec, faults=(replace(spec.fault, targets=targets),)))


@pytest.mark.parametrize("namespace", ["tools", "databases", "brokers", "metrics", "chaos"])
def test_nothing_is_launched_at_what_gameday_runs_on_or_sees_by(home, namespace):
    a_cluster(protected_namespaces=())
    prometheus = "http://prometheus.metrics.svc.cluster.local:9090"
    Cluster.objects.update(token_file=str(home / "token"), prometheus_url=prometheus)
    with pytest.raises(Refused, match=f"Namespace {namespace} is protected"):
        launched(order=order_in(namespace))
    assert not Run.objects.exists()


def test_on_another_cluster_only_its_own_prometheus_is_ours(home):
    row = a_cluster(protected_namespaces=())
    Cluster.objects.update(prometheus_url="https://prometheus.metrics.svc/")
    assert clusters.find(row.name).limits.protected_namespaces == ("chaos", "metrics")


@pytest.mark.parametrize(
    "url", ["", "http://127.0.0.1:29090", "https://prometheus.bank.example", "http://[bad", "/var/run/pg"]
)
def test_what_is_no_service_is_no_namespace(url):
    assert own_places.of_services([url]) == ()
