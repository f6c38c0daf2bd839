"""`manage.py cluster add | check`"""

from __future__ import annotations

import argparse
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from chaos.domain.errors import Refused
from chaos.domain.limits import LimitsChange, in_words
from chaos.faults import catalogue
from chaos.faults.parameters import duration
from chaos.services import clusters
from chaos.wiring import cluster_at, cluster_port
from gameday.commands import Commands, Say
from gameday.people.roles import Act
from gameday.people.services import person, require_anywhere

SHORTEST, LONGEST = timedelta(seconds=1), timedelta(hours=24)


def register(verbs: Commands[argparse.ArgumentParser]) -> None:
    add = verbs.add_parser("add", help="Register a cluster, or change how it is reached; idempotent.")
    add.add_argument("name")
    add.add_argument("--server", required=True, metavar="URL", help="The Kubernetes API server.")
    add.add_argument("--token-file", type=Path, required=True, help="A file with the bearer token.")
    add.add_argument("--ca-file", type=Path, help="The CA of the API server, PEM.")
    add.add_argument("--prometheus", required=True, metavar="URL")
    add.add_argument("--prometheus-token-file", type=Path)
    add.add_argument("--prometheus-ca-file", type=Path)
    add.add_argument(
        "--services",
        metavar="URL",
        help="The address below which probes find services; on a rehearsal cluster SERVER/services.",
    )
    add.add_argument("--environment", required=True, choices=sorted(clusters.USUAL_PERCENT))
    add.add_argument("--chaos-namespace", default="chaos")
    add.add_argument(
        "--service-account",
        default="chaos-runner",
        help="What experiments run as; {family} stands for the family of a fault's rights.",
    )
    add.add_argument("--as", dest="user", required=True, metavar="USER")
    _limits(add.add_argument_group("limits", "What no plan goes past; what is not given stays as it is."))
    add.set_defaults(act=_add)
    check = verbs.add_parser("check", help="Check that a cluster has all that a launch needs.")
    check.add_argument("name")
    check.add_argument("faults", nargs="*", metavar="FAULT", help="Those it has, when left out.")
    check.set_defaults(act=_check)


def _limits(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--max-percent", type=int, metavar="N", help="Of the pods that a selector finds.")
    group.add_argument("--max-nodes", type=int, metavar="N", help="Of the nodes, in one scenario.")
    group.add_argument(
        "--allow-unprovable-faults",
        dest="unprovable",
        action=argparse.BooleanOptionalAction,
        help="Faults of which it cannot be proven that they are gone.",
    )
    group.add_argument("--max-fault", metavar="DURATION", help="How long a fault may last, like 10m.")
    for option, text in (
        ("--protect", "A namespace that no fault touches; repeatable, adds to those protected already."),
        ("--unprotect", "Takes the protection off again; repeatable."),
        ("--opt-in", "Faults touch only the namespaces given so; repeatable, replaces those given before."),
    ):
        group.add_argument(option, action="append", default=[], metavar="NAMESPACE", help=text)
    group.add_argument("--any-namespace", action="store_true", help="No opting in is needed any more.")


def _add(options: argparse.Namespace, say: Say) -> None:
    user = person(options.user)
    require_anywhere(user, Act.ADMINISTER)
    server, services = options.server.rstrip("/"), options.services or ""
    if not services and options.environment == "rehearsal":
        services = f"{server}/services"
    token, ca = _file(options.token_file), _file(options.ca_file)
    port = cluster_at(server, token, ca, options.chaos_namespace, options.service_account)
    known = clusters.register(
        options.name,
        port,
        user.username,
        user.name,
        timezone.now(),
        _change(options),
        server=server,
        token_file=token,
        ca_file=ca,
        environment=options.environment,
        prometheus_url=options.prometheus.rstrip("/"),
        prometheus_token_file=_file(options.prometheus_token_file),
        prometheus_ca_file=_file(options.prometheus_ca_file),
        services_url=services.rstrip("/"),
        chaos_namespace=options.chaos_namespace,
        service_account=options.service_account,
    )
    say(f"{known.name} is registered as {known.environment}, UID {known.uid}.")
    for line in in_words(known.limits):
        say(line)


def _change(options: argparse.Namespace) -> LimitsChange:
    longest = options.max_fault
    return LimitsChange(
        max_percent=options.max_percent,
        max_nodes=options.max_nodes,
        allow_unprovable=options.unprovable,
        max_fault=duration(longest, "max-fault", SHORTEST, LONGEST) if longest else None,
        protect=tuple(options.protect),
        unprotect=tuple(options.unprotect),
        opt_in=tuple(options.opt_in),
        any_namespace=options.any_namespace,
    )


def _check(options: argparse.Namespace, say: Say) -> int:
    port = cluster_port(options.name)
    there = {item["metadata"]["name"] for item in port.experiments()}
    names = [catalogue.find(name).name for name in options.faults] or sorted(there & catalogue.FAULTS.keys())
    found = port.preflight(names)
    for item in found:
        say(f"{'ok' if item.is_met else 'MISSING':8}{item.what}: {item.sentence}")
    if not names:
        say(f"MISSING faults: install some, with `manage.py litmus install {options.name}`.")
    return 0 if names and all(item.is_met for item in found) else 1


def _file(path: Path | None) -> str:
    """Absolute, since workers run elsewhere. Raises Refused for a file that is not there."""
    if path is None:
        return ""
    if not path.is_file():
        raise Refused(f"There is no file {path}.", "file")
    return str(path.resolve())
