"""`manage.py litmus check | install`"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from chaos.faults import catalogue, experiments
from chaos.faults.base import Fault
from chaos.journal import ORGANISATION
from chaos.journal.record import append
from chaos.wiring import cluster_port
from gameday.commands import Commands, Say
from gameday.people.roles import Act
from gameday.people.services import person, require_anywhere


def register(verbs: Commands[argparse.ArgumentParser]) -> None:
    check = verbs.add_parser("check", help="Which faults' experiments a cluster has, and what differs.")
    install = verbs.add_parser("install", help="Create the experiments, or mend those that differ.")
    for verb in (check, install):
        verb.add_argument("cluster")
        verb.add_argument("faults", nargs="*", metavar="FAULT", help="Only these; all when left out.")
    install.add_argument("--as", dest="user", required=True, metavar="USER")
    check.set_defaults(act=_check)
    install.set_defaults(act=_install)


def _check(options: argparse.Namespace, say: Say) -> int:
    """Status 1 when an experiment is missing or differs."""
    wanted = _wanted(options.faults)
    there = {found["metadata"]["name"]: found for found in cluster_port(options.cluster).experiments()}
    wrong = 0
    for fault in wanted:
        found = there.pop(fault.name, None)
        differs = experiments.differences(fault, found) if found else ()
        word = "MISSING" if found is None else "DIFFERS" if differs else "ok"
        say(f"{word:9}{fault.name}")
        for sentence in differs:
            say(f"         {sentence}")
        wrong += word != "ok"
    others = sorted(there.keys() - catalogue.FAULTS.keys())
    if others:
        say(f"Not of the catalogue, and never used: {', '.join(others)}.")
    if wrong:
        say(f"`manage.py litmus install {options.cluster}` makes them as we ship them.")
    return 1 if wrong else 0


def _install(options: argparse.Namespace, say: Say) -> None:
    user = person(options.user)
    require_anywhere(user, Act.ADMINISTER)
    wanted, port = _wanted(options.faults), cluster_port(options.cluster)
    there = {found["metadata"]["name"]: found for found in port.experiments()}
    done: list[str] = []
    try:
        for fault in wanted:
            found = there.get(fault.name)
            if found is None or experiments.differences(fault, found):
                port.install_experiment(experiments.to_install(fault, found))
                done.append(fault.name)
                say(f"{'installed' if found is None else 'mended':11}{fault.name}")
    finally:
        if done:
            text = f"{user} installed experiments on {options.cluster}: {', '.join(done)}."
            body = {"cluster": options.cluster, "experiments": done}
            with transaction.atomic():
                append(ORGANISATION, "cluster.experiments_installed", text, at=timezone.now(),
                       actor=user.username, actor_name=user.name, body=body)  # fmt: skip
    say("Their service accounts are in deploy/litmus/accounts." if done else "All are as we ship them.")


def _wanted(names: Sequence[str]) -> list[Fault]:
    """Raises Refused for a name that is not in the catalogue."""
    found = [catalogue.find(name) for name in names] or list(catalogue.FAULTS.values())
    return [fault for fault in found if fault.family]
