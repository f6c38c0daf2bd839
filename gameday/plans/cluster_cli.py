"""`manage.py cluster add | check | new-key | seal-anew`"""

from __future__ import annotations

import argparse
from datetime import timedelta

from django.utils import timezone

from chaos import wiring
from chaos.domain.limits import LimitsChange, in_words
from chaos.faults import catalogue
from chaos.faults.parameters import duration
from chaos.services import cluster_details
from chaos.services.clusters import find
from chaos.wiring import cluster_port
from gameday.commands import Commands, Say
from gameday.people.roles import Act
from gameday.people.services import person, require_anywhere
from gameday.plans import cluster_options
from gameday.secrets import fernet_key

SHORTEST, LONGEST = timedelta(seconds=1), timedelta(hours=24)


def register(verbs: Commands[argparse.ArgumentParser]) -> None:
    add = verbs.add_parser("add", help="Register a cluster, or change how it is reached; idempotent.")
    add.add_argument("name")
    cluster_options.register(add)
    add.add_argument("--as", dest="user", required=True, metavar="USER")
    _limits(add.add_argument_group("limits", "What no plan goes past; what is not given stays as it is."))
    add.set_defaults(act=_add)
    check = verbs.add_parser("check", help="Check that a cluster has all that a launch needs.")
    check.add_argument("name")
    check.add_argument("faults", nargs="*", metavar="FAULT", help="Those it has, when left out.")
    check.set_defaults(act=_check)
    key = verbs.add_parser("new-key", help="Print a new key for GAMEDAY_SECRET_KEYS.")
    key.set_defaults(act=_new_key)
    seal = verbs.add_parser("seal-anew", help="After a new first key: seal every kept secret with it.")
    seal.add_argument("--as", dest="user", required=True, metavar="USER")
    seal.set_defaults(act=_seal_anew)


def _limits(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--max-percent",
        type=int,
        metavar="N",
        help="Of the pods that a selector finds, and of each workload on a node.",
    )
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
    for option, text in (
        ("--allow-image", "What experiments may run: a repository, one version of it, or path/; repeatable."),
        ("--disallow-image", "Takes an entry off that list again; repeatable."),
    ):
        group.add_argument(option, action="append", default=[], metavar="IMAGE", help=text)


def _add(options: argparse.Namespace, say: Say) -> None:
    user = person(options.user)
    require_anywhere(user, Act.ADMINISTER)
    entry = cluster_options.entry(options)
    known = wiring.enter_cluster(entry, _change(options), user.username, user.name)
    say(f"{known.name} is registered as {known.environment}, UID {known.uid}.")
    for line in in_words(known.limits):
        say(line)


def _new_key(options: argparse.Namespace, say: Say) -> None:
    say(fernet_key())


def _seal_anew(options: argparse.Namespace, say: Say) -> None:
    user = person(options.user)
    require_anywhere(user, Act.ADMINISTER)
    count = cluster_details.seal_anew(user.username, user.name, timezone.now())
    say(f"{count} secrets are sealed with the first key; the others of GAMEDAY_SECRET_KEYS can go.")


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
        allow_images=tuple(options.allow_image),
        disallow_images=tuple(options.disallow_image),
    )


def _check(options: argparse.Namespace, say: Say) -> int:
    port = cluster_port(options.name)
    there = {item["metadata"]["name"] for item in port.experiments()}
    names = [catalogue.find(name).name for name in options.faults] or sorted(there & catalogue.FAULTS.keys())
    limits = find(options.name).limits
    found = (*port.preflight(names, limits.images), *port.rights(names, limits.opted_in_namespaces))
    for item in found:
        say(f"{'ok' if item.is_met else 'MISSING':8}{item.what}: {item.sentence}")
    if not names:
        say(f"MISSING faults: install some, with `manage.py litmus install {options.name}`.")
    return 0 if names and all(item.is_met for item in found) else 1
