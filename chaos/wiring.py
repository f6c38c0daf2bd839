"""Which adapter serves which port: the only place that knows both."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Any

from celery import current_app
from django.core.exceptions import ValidationError
from django.db import Error

from chaos.adapters import http_probe
from chaos.adapters.http_probe import HttpProbe
from chaos.adapters.kubernetes_api import Connection, KubernetesApi
from chaos.adapters.litmus import LitmusCluster
from chaos.adapters.litmus_manifests import LitmusSettings
from chaos.adapters.parallel import try_all
from chaos.adapters.prometheus import AlertsReader, PrometheusReader, check
from chaos.adapters.prometheus_client import PrometheusClient, PrometheusSettings
from chaos.adapters.unusable import unusable
from chaos.domain.errors import GamedayError, StoreUnavailable
from chaos.domain.limits import LimitsChange
from chaos.domain.sight import Reading
from chaos.domain.spec import ProbeKind, ProbeSpec
from chaos.models import Cluster as ClusterRow
from chaos.models import Run
from chaos.ports import Cluster, Ports, Preflight, Told
from chaos.services import address_book, contact, watchdog_words, workers
from chaos.services.address_book import Address, address_of
from chaos.services.clock import SteadyClock, database_now, utc_now
from chaos.services.cluster_entry import Entry
from chaos.services.clusters import ClusterInfo, all_rows, info, register, row
from chaos.services.contact import Tried
from chaos.services.drive import End, drive, give_up
from chaos.services.sealing import opened
from chaos.services.store import DjangoStore

log = logging.getLogger(__name__)

DRIVE = "drive"
"""The queue of the runs that wait for a driver."""


CLOCK = SteadyClock()
"""What this process drives runs by."""


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


def cluster_port(name: str, token_file: str = "") -> Cluster:
    """The port of a registered cluster. Raises Refused for an unknown name.

    `token_file`, where given, holds a token to use instead of Gameday's own: an administrator's.
    """
    found = row(name)
    if token_file:
        found.token_file, found.sealed_token = token_file, ""
    return _port(found)


def port_for_a_stop(name: str) -> Cluster:
    """The port of a registered cluster. One whose address is none says so at every verb: it keeps nobody from
    stopping other runs, nor from writing down that its own is to stop."""
    try:
        return cluster_port(name)
    except GamedayError as error:
        return unusable(error)


def cluster_ports() -> dict[str, Cluster]:
    """Every registered cluster's."""
    return ports_at(address_book.registered())


def ports_for_a_halt() -> dict[str, Cluster]:
    """Every cluster, also when the database is away: then from the address book beside it."""
    try:
        addresses = address_book.registered()
    except Error as error:
        log.warning("The database is away (%s); the clusters are taken from the address book.", error)
        addresses = address_book.read()
    return ports_at(addresses)


def ports_at(addresses: Iterable[Address]) -> dict[str, Cluster]:
    """Their ports, by name; the database is not asked. One whose address is none says so at every verb."""
    return {item.name: _at_or_unusable(item) for item in addresses}


def port_at(address: Address) -> Cluster:
    """The port of a cluster at an address that stands nowhere. Raises Refused for one that is none."""
    return _at(address)


def cluster_at(name: str, **columns: Any) -> Cluster:
    """The port of a cluster that is not registered so yet; `columns` as cluster_entry gives them."""
    return _port(ClusterRow(name=name, **columns))


def enter_cluster(entry: Entry, change: LimitsChange, by: str, by_name: str) -> ClusterInfo:
    """Register a cluster, or change it, once it has said who it is. Raises Refused or Transient."""
    columns = entry.columns()
    prometheus_of(ClusterRow(name=entry.name, **columns))  # refuses a secret in clear text
    port = cluster_at(entry.name, **columns)
    return register(entry.name, port, by, by_name, SystemClock().now(), change, **columns)


def try_connection(name: str, namespaces: tuple[str, ...] = (), entry: Entry | None = None) -> Tried:
    """Test a cluster and its Prometheus: as registered, and noted, or as it would be with `entry`.

    Raises Refused for a name or an address that is none; whatever else goes wrong is in the answer.
    """
    found = row(name) if entry is None else ClusterRow(name=name, **entry.columns())
    client = prometheus_of(found)
    registered = ClusterRow.objects.filter(name=name).first() or found
    images = info(registered).limits.images
    services = partial(http_probe.check, found.services_url) if found.services_url else None
    now = SystemClock().now()
    tried = contact.try_out(_port(found), lambda: check(client), namespaces, now, images, services)
    if entry is None:
        said = ((contact.CLUSTER, tried.cluster), (contact.PROMETHEUS, tried.prometheus))
        contact.note(name, said, tried.at)
    return tried


def contact_all() -> int:
    """Ask every cluster and its Prometheus whether they are there, all at once; how many did not answer."""
    address_book.keep()
    calls: dict[tuple[str, str], Callable[[], Preflight]] = {}
    for item in all_rows():
        calls[item.name, contact.CLUSTER] = partial(_asked, lambda row: contact.ask(_port(row)), item)
        calls[item.name, contact.PROMETHEUS] = partial(_asked, lambda row: check(prometheus_of(row)), item)
    answers = dict(zip(calls, try_all(calls.values())[0], strict=True))
    for (name, part), said in answers.items():
        contact.note(name, [(part, said)], SystemClock().now())
    return sum(not said.is_met for said in answers.values())


def ports_of_run(run: str) -> Ports:
    """All ports of the cluster that a run is on."""
    found = Run.objects.select_related("cluster").get(pk=run).cluster
    prometheus = prometheus_of(found)
    CLOCK.settle(database_now())
    now = CLOCK.now
    return Ports(
        cluster=_port(found),
        probes=Readers(PrometheusReader(prometheus, now=now), HttpProbe(now=now), found.services_url),
        alerts=AlertsReader(prometheus, now=now),
        store=DjangoStore(now),
        clock=CLOCK,
    )


def prometheus_of(found: ClusterRow) -> PrometheusClient:
    """Raises Refused for an address that is none. The token is read with each question: one that cannot be
    read makes readings unknown, and keeps nobody from stopping a run."""
    what = f"The secret for Prometheus of {found.name}"
    sealed = found.sealed_prometheus_secret
    return PrometheusClient(
        PrometheusSettings(
            found.prometheus_url,
            found.prometheus_token_file or None,
            found.prometheus_ca_file or None,
            found.prometheus_ca_pem,
            found.prometheus_username,
            partial(opened, sealed, what) if sealed else None,
        )
    )


def _asked(question: Callable[[ClusterRow], Preflight], cluster: ClusterRow) -> Preflight:
    try:
        return question(cluster)
    except GamedayError as error:  # an address that is none, any more
        return Preflight(cluster.name, False, str(error))


def host(run: str, hand_on: Callable[[], bool] | None = None) -> End:
    """Drive a run in this process. Whatever keeps the drive from going on stops the run first.

    Raises what it was; StoreUnavailable, when only the database is away, is left to the next ring.
    """
    try:
        end = drive(run, ports_of_run(run), hand_on)
    except (Run.DoesNotExist, ValidationError, StoreUnavailable, Error):
        raise
    except Exception as error:
        found = Run.objects.select_related("cluster").get(pk=run).cluster
        give_up(run, _port(found), error, CLOCK.now())
        raise
    if end is End.OVER:
        with suppress(Error):
            _hear([Run.objects.select_related("cluster").get(pk=run).cluster])
    return end


def hear_watchdogs() -> list[str]:
    """Take into the journal what the watchdog of each cluster left word of: the sentences that are new.

    The clusters are asked beside each other: one that hangs is not to keep the sweep waiting for long.
    """
    return _hear(all_rows())


def _hear(clusters: Sequence[ClusterRow]) -> list[str]:
    said = try_all([partial(_said, found) for found in clusters])[0]
    heard = zip(clusters, said, strict=True)
    return [text for found, words in heard for text in watchdog_words.take(found.name, words)]


def _said(found: ClusterRow) -> tuple[Told, ...]:
    """What cannot be heard now is heard the next time: Events last for an hour."""
    try:
        return _port(found).watchdog_said()
    except GamedayError as error:
        log.info("What the watchdog of %s did could not be asked for: %s", found.name, error)
        return ()


def ring(run: str) -> bool:
    """Ask a worker to drive this run. False when the broker cannot be reached: the sweep rings again."""
    try:
        current_app.send_task("chaos.tasks.drive", args=[run], queue=DRIVE)
    except Exception as error:
        log.warning("The broker did not take run %s (%s); the sweep rings again.", run, error)
        return False
    return True


def ask_workers() -> int:
    """How many workers answer within a second that they take runs up; noted with the time."""
    try:
        answers = current_app.control.inspect(timeout=1.0).active_queues() or {}
    except Exception as error:
        log.warning("The workers could not be asked: %s", error)
        answers = {}
    count = sum(any(queue["name"] == DRIVE for queue in queues) for queues in answers.values())
    workers.note(count, SystemClock().now())
    return count


def _port(found: ClusterRow) -> Cluster:
    return _at(address_of(found))


def _at_or_unusable(address: Address) -> Cluster:
    try:
        return _at(address)
    except GamedayError as error:
        return unusable(error)


@lru_cache(maxsize=64)
def _at(address: Address) -> LitmusCluster:
    """One per cluster and process: each has its own pool of connections."""
    sealed, what = address.sealed_token, f"The token of {address.name}"
    connection = Connection(
        address.server,
        address.ca_file or None,
        address.token_file or None,
        address.ca_pem,
        partial(opened, sealed, what) if sealed else None,
    )
    return LitmusCluster(
        KubernetesApi(connection),
        LitmusSettings(address.chaos_namespace, address.service_account),
        CLOCK.now,
        wall=utc_now,
    )
