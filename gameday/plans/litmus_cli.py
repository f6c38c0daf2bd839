"""`manage.py litmus check | install`"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from chaos.domain.errors import Forbidden, Refused
from chaos.domain.targets import Limits
from chaos.faults import catalogue, experiments
from chaos.faults.base import Fault
from chaos.journal import ORGANISATION
from chaos.journal.record import append
from chaos.services import cluster_accounts, cluster_details
from chaos.services.cluster_accounts import Part
from chaos.wiring import cluster_port
from gameday.commands import Commands, Say
from gameday.people.models import User
from gameday.people.roles import Act
from gameday.people.services import person, require_anywhere


def register(verbs: Commands[argparse.ArgumentParser]) -> None:
    check = verbs.add_parser(
        "check", help="Which faults' experiments and accounts a cluster has, and what differs."
    )
    install = verbs.add_parser("install", help="Create what is missing of them, and mend what differs.")
    for verb in (check, install):
        verb.add_argument("cluster")
        verb.add_argument(
            "faults",
            nargs="*",
            metavar="FAULT",
            help="Only these; all that the cluster allows when left out.",
        )
        verb.add_argument(
            "--token-file", default="", help="With an administrator's token, not with Gameday's own."
        )
    install.add_argument("--as", dest="user", required=True, metavar="USER")
    install.add_argument(
        "--registry", default="", metavar="HOST[/PATH]", help="Where the cluster takes our images from."
    )
    check.set_defaults(act=_check)
    install.set_defaults(act=_install)


def _check(options: argparse.Namespace, say: Say) -> int:
    """Status 1 when an experiment is missing, differs or runs an image that is not allowed there, or when an
    account may less or more than it needs: by our own roles and bindings and, where the token may list them,
    by any other of the cluster."""
    cluster = cluster_details.of(options.cluster)
    port = cluster_port(options.cluster, options.token_file)
    wanted, allowed = _wanted(options.faults, cluster.limits), cluster.limits.images
    there = {found["metadata"]["name"]: found for found in port.experiments()}
    wrong = 0
    for fault in wanted:
        found = there.pop(fault.name, None)
        differs = experiments.differences(fault, found) if found else ()
        foreign = experiments.foreign(found, allowed) if found else ()
        word = "MISSING" if found is None else "REFUSED" if foreign else "DIFFERS" if differs else "ok"
        say(f"{word:9}{fault.name}")
        for sentence in (*foreign, *differs):
            say(f"         {sentence}")
        wrong += word != "ok"
    others = sorted(there.keys() - catalogue.FAULTS.keys())
    if others:
        say(f"Not of the catalogue, and never used: {', '.join(others)}.")
    bound = cluster_accounts.bindings(port)
    try:
        wrong += _say_accounts(cluster_accounts.parts(cluster, wanted, port, bound), say)
    except Forbidden as error:
        say(f"UNSEEN   accounts: {error}")
        wrong += 1
    for sentence in (*_left_out(options.faults, cluster.limits), *cluster_accounts.hints(cluster, bound)):
        say(sentence)
    if wrong:
        say(f"`manage.py litmus install {options.cluster}` makes them as we ship them.")
    return 1 if wrong else 0


def _say_accounts(found: Sequence[Part], say: Say) -> int:
    """How many are not as we ship them."""
    for part in found:
        say(f"{part.word:9}account {part.name}")
        for sentence in part.said:
            say(f"         {sentence}")
    return sum(part.word != "ok" for part in found)


def _install(options: argparse.Namespace, say: Say) -> None:
    user = person(options.user)
    require_anywhere(user, Act.ADMINISTER)
    cluster = cluster_details.of(options.cluster)
    port = cluster_port(options.cluster, options.token_file)
    wanted, allowed = _wanted(options.faults, cluster.limits), cluster.limits.images
    there = {found["metadata"]["name"]: found for found in port.experiments()}
    ours = [
        experiments.to_install(fault, there.get(fault.name), allowed, options.registry) for fault in wanted
    ]
    for manifest in ours:
        _check_images(manifest, allowed)
    bound = cluster_accounts.bindings(port)
    done: list[str] = []
    given: list[str] = []
    try:
        for fault, manifest in zip(wanted, ours, strict=True):
            found = there.get(fault.name)
            if found is None or not experiments.is_installed(fault, found, manifest):
                port.install_experiment(manifest)
                done.append(fault.name)
                say(f"{'installed' if found is None else 'mended':11}{fault.name}")
        found_there = cluster_accounts.parts(cluster, wanted, port, bound)
        for name in cluster_accounts.install(found_there, port):
            given.append(name)
            say(f"{'made ours':11}{name}")
    finally:
        _note(user, options.cluster, "experiments", done)
        _note(user, options.cluster, "accounts", given)
    for sentence in (*_left_out(options.faults, cluster.limits), *cluster_accounts.hints(cluster, bound)):
        say(sentence)
    left = [sentence for part in found_there for sentence in part.also]
    for sentence in left:
        say(f"{'LEFT':11}{sentence}")
    if not done and not given and not left:
        say("All are as we ship them.")


def _note(user: User, cluster: str, what: str, names: list[str]) -> None:
    if not names:
        return
    text = f"{user} installed {what} on {cluster}: {', '.join(names)}."
    with transaction.atomic():
        append(ORGANISATION, f"cluster.{what}_installed", text, at=timezone.now(), actor=user.username,
               actor_name=user.name, body={"cluster": cluster, what: names})  # fmt: skip


def _check_images(manifest: dict[str, Any], allowed: Sequence[str]) -> None:
    """Nothing is installed that no launch would run. Raises Refused."""
    foreign = experiments.foreign(manifest, allowed)
    if foreign:
        raise Refused(
            f"{manifest['metadata']['name']} is not installed: {' '.join(foreign)} Name the registry that "
            "the cluster takes images from (`--registry`), or let an administrator allow it "
            "(`manage.py cluster add … --allow-image`)."
        )


def _wanted(names: Sequence[str], limits: Limits) -> list[Fault]:
    """Those named, or all that a launch would let through. Raises Refused for a name that is not in the
    catalogue."""
    if names:
        found = [catalogue.find(name) for name in names]
    else:
        found = [fault for fault in catalogue.FAULTS.values() if fault.is_provable or limits.allow_unprovable]
    return [fault for fault in found if fault.family]


def _left_out(names: Sequence[str], limits: Limits) -> Iterator[str]:
    if not names and not limits.allow_unprovable:
        yield (
            f"Left out: {', '.join(sorted(catalogue.UNPROVABLE))}, with an account that may do much: they "
            "cannot be proven gone, and this cluster does not allow that (`cluster add "
            "--allow-unprovable-faults`). Name one to have it all the same."
        )
