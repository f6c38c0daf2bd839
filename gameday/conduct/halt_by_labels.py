"""`manage.py halt --no-db`: which clusters are halted by their labels, and what is said of each."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.management.base import CommandParser
from django.utils import timezone

from chaos import wiring
from chaos.domain.errors import Refused
from chaos.domain.sight import Residue
from chaos.journal import spool
from chaos.journal.spool import Spooled
from chaos.services import address_book
from chaos.services.address_book import Address
from chaos.services.beside import in_short
from chaos.services.by_labels import PATIENCE, Ended, by_hand, halt_by_labels

CLEAN, LEFT = 0, 2
Say = Callable[[str], object]


def register(parser: CommandParser) -> None:
    parser.add_argument(
        "--cluster", action="append", metavar="NAME", help="This cluster alone; with --no-db repeatable."
    )
    group = parser.add_argument_group(
        "without the database",
        "Finds what is ours by its labels, waits until it is gone, and says what is left (exit status 2).",
    )
    group.add_argument("--no-db", action="store_true", help="Ask no database, and do not wait for one.")
    group.add_argument("--server", metavar="URL", help="A cluster that is not in the address book.")
    group.add_argument("--token-file", type=Path, help="Its bearer token.")
    group.add_argument("--ca-file", type=Path, help="Its CA, PEM.")
    group.add_argument("--chaos-namespace", default="chaos", metavar="NAMESPACE")
    group.add_argument(
        "--wait", type=_seconds, default=PATIENCE, metavar="SECONDS", help="For what is leaving (90)."
    )


def act(options: Mapping[str, Any], say: Say, complain: Say) -> int:
    """The exit status: 0 when all was seen and nothing of ours is left anywhere, else 2. Raises Refused."""
    by, now = options["user"], timezone.now()
    reason = options["reason"].strip() or "No reason was given."
    ports = _ports(options)
    if not options["server"]:
        say(address_book.as_known())
    ended = halt_by_labels(ports, f"{reason} (by {by})", options["wait"])
    for name, item in ended.items():
        _report(name, item, say, complain)
    where = ", ".join(ended)
    text = f"{by} halted {where} by labels, without the database: {reason}"
    why = "The halt was to use no database."
    kept = spool.keep(Spooled(now, "halt.by_labels", text, by, why, halts=_halts(options), reason=reason))
    if kept:
        say("It is put on record by `manage.py journal ingest`, or by itself once the database is back.")
    else:
        complain(f"It could not be written to the spool. Put on record yourself: {text}")
    if not all(item.is_clean for item in ended.values()):
        return LEFT
    say(f"Halted: nothing starts on {where} until somebody releases it with `halt --release`.")
    return CLEAN


def _ports(options: Mapping[str, Any]) -> Mapping[str, Any]:
    if options["server"]:
        return {urlsplit(options["server"]).hostname or options["server"]: wiring.port_at(_address(options))}
    found = wiring.ports_at(address_book.read())
    unknown = sorted({*(options["cluster"] or ())} - {*found})
    if unknown or not found:
        there = ", ".join(found) or "none"
        raise Refused(
            f"Nothing was stopped. The address book {address_book.path()} has {there}"
            f"{', and not ' + ', '.join(unknown) if unknown else ''}. "
            "Name a cluster by --server, --token-file and --ca-file, or use deploy/halt.sh with your kubectl."
            f" {address_book.SHELL}"
        )
    return {name: found[name] for name in options["cluster"] or found}


def _halts(options: Mapping[str, Any]) -> tuple[str, ...]:
    """What is held on record once there is one: everything where no cluster was named. One at an address may
    be known by any name: its own lever is all that holds it."""
    if options["server"]:
        return ()
    return tuple(options["cluster"] or ("",))


def _address(options: Mapping[str, Any]) -> Address:
    for file in (options["token_file"], options["ca_file"]):
        if file and not file.is_file():
            raise Refused(f"Nothing was stopped: there is no file {file}.")
    return Address(
        name=options["server"],
        server=options["server"],
        token_file=str(options["token_file"] or ""),
        ca_file=str(options["ca_file"] or ""),
        chaos_namespace=options["chaos_namespace"],
        service_account="",
    )


def told(found: Sequence[Residue], is_whole: bool) -> str:
    """What was told to go, in words; that nothing was there takes a look that was whole, else ""."""
    return "; ".join(map(str, found)) or ("nothing of ours was there" if is_whole else "")


def _report(name: str, ended: Ended, say: Say, complain: Say) -> None:
    if words := told(ended.told, ended.is_over and not ended.left and not ended.failures):
        say(f"{name}: {words}")
    if ended.failures:
        complain(f"{name}: did not go through: {in_short(ended.failures)}")
    if not ended.is_latched:
        complain(f"{name}: THE LEVER IS NOT DOWN: something may start there.")
    for item in ended.left:
        complain(f"{name}: STILL THERE: {item}\n  {by_hand(item)}")
    if ended.is_clean:
        say(f"{name}: nothing of ours is left.")
    elif not ended.left and ended.is_latched and not ended.failures:
        complain(
            f"{name}: nothing of ours is seen any more, but it went only just now, and what may have landed "
            "meanwhile was not looked for: halt once more, with a longer --wait."
        )
    elif not ended.left:
        complain(f"{name}: whether anything is left is not known.")


def _seconds(text: str) -> timedelta:
    try:
        return timedelta(seconds=max(0, int(text)))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds.") from None
