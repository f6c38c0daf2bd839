"""Which adapter serves which port: the only place that knows both."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache

from celery import current_app
from django.core.exceptions import ValidationError
from django.db import Error

from chaos.adapters.http_probe import HttpProbe
from chaos.adapters.kubernetes_api import Connection, KubernetesApi
from chaos.adapters.litmus import LitmusCluster
from chaos.adapters.litmus_manifests import LitmusSettings
from chaos.adapters.prometheus import AlertsReader, PrometheusReader
from chaos.adapters.prometheus_client import PrometheusClient, PrometheusSettings
from chaos.domain.errors import StoreUnavailable
from chaos.domain.sight import Reading
from chaos.domain.spec import ProbeKind, ProbeSpec
from chaos.models import Cluster as ClusterRow
from chaos.models import Run
from chaos.ports import Cluster, Ports
from chaos.services import address_book
from chaos.services.address_book import Address, address_of
from chaos.services.clusters import all_rows, row
from chaos.services.drive import End, drive, give_up
from chaos.services.store import DjangoStore

log = logging.getLogger(__name__)


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class Readers:
    """Sends each probe to the reader of its kind, and names of services to where they can be reached."""

    def __init__(self, prometheus: PrometheusReader, http: HttpProbe, services_url: str) -> None:
        self._prometheus, self._http, self._services_url = prometheus, http, services_url.rstrip("/")

    def read(self, probe: ProbeSpec) -> Reading:
        if probe.kind is ProbeKind.PROMETHEUS:
            return self._prometheus.read(probe)
        if probe.ask.startswith("/"):
            probe = replace(probe, ask=self._address(probe.ask))
        return self._http.read(probe)

    def _address(self, ask: str) -> str:
        """`/namespace/service/path`: below the cluster's own base, else by the cluster's DNS."""
        if self._services_url:
            return self._services_url + ask
        _, namespace, service, *path = ask.split("/", 3)
        return f"http://{service}.{namespace}.svc/{''.join(path)}"


def cluster_port(name: str) -> Cluster:
    """The port of a registered cluster. Raises Refused for an unknown name."""
    return _port(row(name))


def cluster_ports() -> dict[str, Cluster]:
    return {found.name: _port(found) for found in all_rows()}


def ports_for_a_halt() -> dict[str, Cluster]:
    """Every cluster, also when the database is away: then from the address book beside it."""
    try:
        addresses = [address_of(found) for found in all_rows()]
    except Error as error:
        log.warning("The database is away (%s); the clusters are taken from the address book.", error)
        addresses = address_book.read()
    return {item.name: _at(item) for item in addresses}


def cluster_at(
    server: str,
    token_file: str = "",
    ca_file: str = "",
    chaos_namespace: str = "chaos",
    service_account: str = "",
) -> Cluster:
    """The port of a cluster that is not registered yet."""
    return _cached_port(server, token_file, ca_file, chaos_namespace, service_account)


def ports_of_run(run: str) -> Ports:
    """All ports of the cluster that a run is on."""
    found = Run.objects.select_related("cluster").get(pk=run).cluster
    prometheus = prometheus_client(
        found.prometheus_url, found.prometheus_token_file, found.prometheus_ca_file
    )
    clock = SystemClock()
    return Ports(
        cluster=_port(found),
        probes=Readers(PrometheusReader(prometheus), HttpProbe(), found.services_url),
        alerts=AlertsReader(prometheus),
        store=DjangoStore(clock.now),
        clock=clock,
    )


def prometheus_client(url: str, token_file: str = "", ca_file: str = "") -> PrometheusClient:
    """Raises Refused for an address that is none. The token is read with each question: a file that cannot
    be read makes readings unknown, and keeps nobody from stopping a run."""
    return PrometheusClient(PrometheusSettings(url, token_file or None, ca_file or None))


def host(run: str, hand_on: Callable[[], bool] | None = None) -> End:
    """Drive a run in this process. Whatever keeps the drive from going on stops the run first.

    Raises what it was; StoreUnavailable, when only the database is away, is left to the next ring.
    """
    try:
        return drive(run, ports_of_run(run), hand_on)
    except (Run.DoesNotExist, ValidationError, StoreUnavailable, Error):
        raise
    except Exception as error:
        found = Run.objects.select_related("cluster").get(pk=run).cluster
        give_up(run, _port(found), error, SystemClock().now())
        raise


def ring(run: str) -> bool:
    """Ask a worker to drive this run. False when the broker cannot be reached: the sweep rings again."""
    try:
        current_app.send_task("chaos.tasks.drive", args=[run], queue="drive")
    except Exception as error:
        log.warning("The broker did not take run %s (%s); the sweep rings again.", run, error)
        return False
    return True


def _port(found: ClusterRow) -> Cluster:
    return _at(address_of(found))


def _at(address: Address) -> Cluster:
    return _cached_port(
        address.server,
        address.token_file,
        address.ca_file,
        address.chaos_namespace,
        address.service_account,
    )


@lru_cache(maxsize=64)
def _cached_port(
    server: str, token_file: str, ca_file: str, namespace: str, service_account: str
) -> LitmusCluster:
    """One per cluster and process: each has its own pool of connections."""
    connection = Connection(server, ca_file or None, token_file or None)
    return LitmusCluster(KubernetesApi(connection), LitmusSettings(namespace, service_account))
