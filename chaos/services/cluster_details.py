"""What an administrator may see of a registered cluster: everything but its secrets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from chaos.domain.targets import Limits
from chaos.journal import ORGANISATION
from chaos.journal.record import append
from chaos.models import Cluster
from chaos.services import clusters
from chaos.services.cluster_entry import Auth
from chaos.services.own_places import ACCOUNT
from chaos.services.sealing import sealed_anew


@dataclass(frozen=True, slots=True)
class Secret:
    """Where a secret is, and never what it is. `file` is empty for one that is kept here, sealed."""

    is_there: bool
    file: str = ""

    def __str__(self) -> str:
        if not self.is_there:
            return "none"
        return f"read from the file {self.file}" if self.file else "kept here, encrypted"


@dataclass(frozen=True, slots=True)
class Details:
    """`limits` are the administrator's own, as entered. A CA is no secret."""

    name: str
    uid: str
    environment: str
    server: str
    token: Secret
    is_in_cluster: bool
    ca: str
    ca_file: str
    chaos_namespace: str
    service_account: str
    prometheus_url: str
    prometheus_secret: Secret
    prometheus_username: str
    prometheus_ca: str
    prometheus_ca_file: str
    services_url: str
    limits: Limits

    @property
    def prometheus_auth(self) -> Auth:
        if self.prometheus_username:
            return "basic"
        return "bearer" if self.prometheus_secret.is_there else "none"


def of(name: str) -> Details:
    """Raises Refused, naming the clusters there are."""
    return _details(clusters.row(name))


def find(name: str) -> Details | None:
    """None for a name that is not registered."""
    row = Cluster.objects.filter(name=name).first()
    return _details(row) if row else None


def _details(row: Cluster) -> Details:
    return Details(
        name=row.name,
        uid=row.uid,
        environment=row.environment,
        server=row.server,
        token=_secret(row.token_file, row.sealed_token),
        is_in_cluster=row.token_file == str(ACCOUNT / "token"),
        ca=row.ca_pem,
        ca_file=row.ca_file,
        chaos_namespace=row.chaos_namespace,
        service_account=row.service_account,
        prometheus_url=row.prometheus_url,
        prometheus_secret=_secret(row.prometheus_token_file, row.sealed_prometheus_secret),
        prometheus_username=row.prometheus_username,
        prometheus_ca=row.prometheus_ca_pem,
        prometheus_ca_file=row.prometheus_ca_file,
        services_url=row.services_url,
        limits=clusters.limits_of(row),
    )


def seal_anew(by: str, by_name: str, now: datetime) -> int:
    """Seal every kept secret with the first key, the address book's too; how many there were.

    All or none: raises Forbidden for the first that no key opens.
    """
    count = 0
    with transaction.atomic():
        for row in Cluster.objects.select_for_update().order_by("name"):
            row.sealed_token = sealed_anew(row.sealed_token, f"The token of {row.name}")
            what = f"The secret for Prometheus of {row.name}"
            row.sealed_prometheus_secret = sealed_anew(row.sealed_prometheus_secret, what)
            row.save(update_fields=["sealed_token", "sealed_prometheus_secret"])
            count += bool(row.sealed_token) + bool(row.sealed_prometheus_secret)
        text = f"{by_name} had {count} secrets of clusters sealed anew."
        append(ORGANISATION, "cluster.sealed_anew", text, at=now, actor=by, actor_name=by_name)
    clusters.write_address_book()
    return count


def _secret(file: str, sealed: str) -> Secret:
    return Secret(bool(file or sealed), file)
