"""The options of `manage.py cluster add` that say how a cluster is reached; what is not given stays."""

from __future__ import annotations

import argparse
import sys
from getpass import getpass
from pathlib import Path

from chaos.domain.errors import Refused
from chaos.services import cluster_details, clusters
from chaos.services.cluster_details import Details
from chaos.services.cluster_entry import Auth, Entry


def register(add: argparse.ArgumentParser) -> None:
    cluster = add.add_argument_group("the cluster", "What is not given stays as it is.")
    cluster.add_argument("--server", metavar="URL", help="The Kubernetes API server.")
    tokens = cluster.add_mutually_exclusive_group()
    tokens.add_argument("--token-file", type=Path, help="A file with the bearer token, read when needed.")
    tokens.add_argument("--token-stdin", action="store_true", help="Read the token now, and keep it sealed.")
    tokens.add_argument(
        "--in-cluster", action="store_true", help="As the service account of the pod that this runs in."
    )
    cluster.add_argument("--ca-file", type=Path, help="The CA of the API server, PEM; read when needed.")
    cluster.add_argument("--environment", required=True, choices=sorted(clusters.USUAL_PERCENT))
    cluster.add_argument("--chaos-namespace", default="chaos")
    cluster.add_argument(
        "--service-account",
        default="chaos-runner",
        help="What experiments run as; {family} stands for the family of a fault's rights.",
    )
    cluster.add_argument(
        "--services",
        metavar="URL",
        help="The address below which probes find services; on a rehearsal cluster SERVER/services.",
    )
    _prometheus(add.add_argument_group("its Prometheus", "What is not given stays as it is."))


def _prometheus(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--prometheus", required=True, metavar="URL")
    secrets = group.add_mutually_exclusive_group()
    secrets.add_argument("--prometheus-token-file", type=Path)
    secrets.add_argument(
        "--prometheus-secret-stdin",
        action="store_true",
        help="Read the token, or the user's password, now (after the cluster's), and keep it sealed.",
    )
    secrets.add_argument("--prometheus-no-secret", action="store_true", help="It takes none any more.")
    group.add_argument("--prometheus-user", metavar="NAME", help="For a password instead of a token.")
    group.add_argument("--prometheus-ca-file", type=Path)


def entry(options: argparse.Namespace) -> Entry:
    """Raises Refused for a file that is not there, or a secret that is not on standard input."""
    known = cluster_details.find(options.name)
    server = options.server or (known.server if known else "")
    services = options.services or ""
    if not services and options.environment == "rehearsal" and server:
        services = f"{server.rstrip('/')}/services"
    elif not services and known:
        services = known.services_url
    ca_file, prometheus_ca_file = _file(options.ca_file), _file(options.prometheus_ca_file)
    if known and not ca_file:
        ca_file, ca = known.ca_file, known.ca
    else:
        ca = ""
    if known and not prometheus_ca_file:
        prometheus_ca_file, prometheus_ca = known.prometheus_ca_file, known.prometheus_ca
    else:
        prometheus_ca = ""
    auth, username = _auth(options, known)
    return Entry(
        name=options.name,
        environment=options.environment,
        server=server,
        in_cluster=options.in_cluster,
        token=_line("token") if options.token_stdin else None,
        token_file=_file(options.token_file),
        ca=ca,
        ca_file=ca_file,
        prometheus_url=options.prometheus,
        prometheus_auth=auth,
        prometheus_username=username,
        prometheus_secret=_line("Prometheus secret") if options.prometheus_secret_stdin else None,
        prometheus_token_file=_file(options.prometheus_token_file),
        prometheus_ca=prometheus_ca,
        prometheus_ca_file=prometheus_ca_file,
        services_url=services,
        chaos_namespace=options.chaos_namespace,
        service_account=options.service_account,
    )


def _auth(options: argparse.Namespace, known: Details | None) -> tuple[Auth, str]:
    if options.prometheus_no_secret or options.prometheus_token_file:
        return "none", ""
    if options.prometheus_user:
        return "basic", options.prometheus_user
    if options.prometheus_secret_stdin:
        return "bearer", ""
    if known:
        return known.prometheus_auth, known.prometheus_username
    return "none", ""


def _line(what: str) -> str:
    """One line of standard input; asked for without an echo where a person sits there. Raises Refused."""
    line = getpass(f"The {what}: ") if sys.stdin.isatty() else sys.stdin.readline()
    if not line.strip():
        raise Refused(f"There is no {what} on standard input; it takes a line of its own.", "stdin")
    return line.strip()


def _file(path: Path | None) -> str:
    """Absolute, since workers run elsewhere. Raises Refused for a file that is not there."""
    if path is None:
        return ""
    if not path.is_file():
        raise Refused(f"There is no file {path}.", "file")
    return str(path.resolve())
