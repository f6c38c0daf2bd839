"""Where Gameday runs and what it stands on: no fault reaches there, whatever an administrator lists."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from chaos.models import Cluster

ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
"""Where every pod finds its token, its cluster's CA and its own namespace."""


def namespaces(cluster: Cluster, account: Path = ACCOUNT) -> tuple[str, ...]:
    """Namespaces of this cluster in which there is something of ours: its Prometheus, where its address is a
    Service's, and on the cluster that we run in, Gameday's own, its database's and its broker's."""
    found = [*of_services([cluster.prometheus_url])]
    if cluster.token_file == str(account / "token"):
        found += _home(account)
        database = settings.DATABASES["default"].get("HOST") or ""
        found += of_services([f"//{database}", settings.REDIS_URL])
    return tuple(dict.fromkeys(found))


def of_services(urls: Iterable[str]) -> tuple[str, ...]:
    """The namespaces of those that are addresses of Services: `name.namespace.svc`, and whatever follows."""
    found = []
    for url in urls:
        try:
            host = urlsplit(url).hostname or ""
        except ValueError:
            continue
        parts = host.split(".")
        if len(parts) > 2 and parts[2] == "svc":
            found.append(parts[1])
    return tuple(found)


def _home(account: Path) -> list[str]:
    try:
        return [(account / "namespace").read_text().strip()]
    except OSError:
        return []
