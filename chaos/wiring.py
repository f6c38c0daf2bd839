"""Which adapter serves which port: the only place that knows both."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from functools import lru_cache

from celery import current_app

from chaos.adapters.kubernetes_api import Connection, KubernetesApi
from chaos.adapters.litmus import LitmusCluster
from chaos.adapters.litmus_manifests import LitmusSettings
from chaos.adapters.prometheus import PrometheusAlerts, PrometheusConnection, PrometheusReader
from chaos.adapters.http_probe import HttpReader
from chaos.domain.sight import Reading
from chaos.domain.spec import ProbeKind, ProbeSpec
from chaos.models import Cluster as ClusterRow
from chaos.models import Run
from chaos.ports import Cluster, Ports
from chaos.services.clusters import all_rows, row
from chaos.services.store import DjangoStore

log = logging.getLogger(__name__)


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class Readers:
    """Sends each probe to the reader of its kind."""

    def __init__(self, prometheus: PrometheusReader, http: HttpReader) -> None:
        self._prometheus, self._http = prometheus, http

    def read(self, probe: ProbeSpec) -> Reading:
        reader = self._prometheus if probe.kind is ProbeKind.PROMETHEUS else self._http
        return reader.read(probe)


def cluster_port(name: str) -> Cluster:
    """The port of a registered cluster. Raises Refused for an unknown name."""
    return _port(row(name))


def cluster_ports() -> dict[str, Cluster]:
    return {found.name: _port(found) for found in all_rows()}


def cluster_at(
    server: str, token_file: str = "", ca_file: str = "", chaos_namespace: str = "chaos", service_account: str = ""
) -> Cluster:
    """The port of a cluster that is not registered yet."""
    return _cached_port(server, token_file, ca_file, chaos_namespace, service_account)


def ports_of_run(run: str) -> Ports:
    """All ports of the cluster that a run is on."""
    found = Run.objects.select_related("cluster").get(pk=run).cluster
    prometheus = PrometheusConnection(
        found.prometheus_url, found.prometheus_token_file or None, found.prometheus_ca_file or None
    )
    clock = SystemClock()
    return Ports(
        cluster=_port(found),
        probes=Readers(PrometheusReader(prometheus), HttpReader(found.services_url)),
        alerts=PrometheusAlerts(prometheus),
        store=DjangoStore(clock.now),
        clock=clock,
    )


def ring(run: str) -> bool:
    """Ask a worker to drive this run. False when the broker cannot be reached: the sweep rings again."""
    try:
        current_app.send_task("chaos.tasks.drive", args=[run], queue="drive")
    except Exception as error:
        log.warning("The broker did not take run %s (%s); the sweep rings again.", run, error)
        return False
    return True


def _port(found: ClusterRow) -> Cluster:
    return _cached_port(
        found.server, found.token_file, found.ca_file, found.chaos_namespace, found.service_account
    )


@lru_cache(maxsize=64)
def _cached_port(
    server: str, token_file: str, ca_file: str, namespace: str, service_account: str
) -> LitmusCluster:
    """One per cluster and process: each has its own pool of connections."""
    connection = Connection(server, ca_file or None, token_file or None)
    return LitmusCluster(KubernetesApi(connection), LitmusSettings(namespace, service_account))
