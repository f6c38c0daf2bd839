"""`manage.py halt`: stop everything, from this process, with Celery and Redis dead too; with `--no-db` by
labels, without even a connection to the database."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import Error
from django.utils import timezone

from chaos.domain.errors import GamedayError, Refused, StoreUnavailable
from chaos.services import address_book
from chaos.services.patience import each_answered_within
from gameday.commands import at_once
from gameday.conduct import halt_by_labels, services
from gameday.people.services import person


def _note_on(username: str) -> str:
    """What is to be said of a name that nobody here has, once all is done: a stop waits for no name, be it
    mistyped or of somebody who has none. Nothing where it cannot be looked up."""
    try:
        person(username)
    except Refused:
        return f"{username!r} is nobody who is active here: it goes on record as it was given."
    except Error:
        return ""
    return ""


def _one_of(names: Sequence[str] | None) -> str:
    """The cluster that was named; "" is every one. Raises Refused for several."""
    if names and len(names) > 1:
        words = "One cluster at a time, or all of them; --no-db takes several. Nothing was done."
        raise Refused(words, "cluster")
    return names[0] if names else ""


class Command(BaseCommand):
    help = "Stop every run on every cluster and block every start, until somebody releases it."
    requires_system_checks = []  # a halt is not held up by what is wrong with anything else

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--as", dest="user", required=True, metavar="USER")
        parser.add_argument("--reason", default="", help="Why; only a release needs one.")
        parser.add_argument("--release", action="store_true", help="Release the halt instead.")
        halt_by_labels.register(parser)

    def _release(self, options: Mapping[str, Any]) -> None:
        one = _one_of(options["cluster"])
        try:
            with each_answered_within(address_book.KNOWN_WITHIN):
                released = services.release(person(options["user"]), options["reason"], timezone.now(), one)
        except Error as error:
            raise StoreUnavailable(
                f"The database is away: {' '.join(str(error).split()).rstrip('.')}. No lever was released: a "
                "release goes on record before it is done. Release it again once the database is back. "
                f"{address_book.SHELL}"
            ) from error
        if released.waits:
            self.say("Asked for. A second administrator has to release it too, within an hour.")
        else:
            self.say(
                f"Released: {released.on_record} on record, and the levers in the clusters. "
                "Runs that were stopped stay stopped."
            )

    def say(self, line: str) -> None:
        at_once(self.stdout.write)(line)

    def complain(self, line: str) -> None:
        at_once(self.stderr.write)(line)

    def handle(self, *args: object, **options: Any) -> None:
        try:
            if options["no_db"]:
                sys.exit(halt_by_labels.act(options, self.say, self.complain))
            if options["release"]:
                self._release(options)
                return
            one = _one_of(options["cluster"])
            _, why = address_book.known()
            if why:
                self.complain(
                    f"The database is away: {why} Doing what `halt --no-db` does, with the address book."
                )
                sys.exit(halt_by_labels.act(options, self.say, self.complain))
            with each_answered_within(address_book.KNOWN_WITHIN):
                halted = services.halt(options["user"], options["reason"], timezone.now(), cluster=one)
        except GamedayError as error:
            self.complain(str(error))
            sys.exit(1)
        if not halted.deleted and not halted.failed:
            self.complain(
                "NOTHING WAS STOPPED IN ANY CLUSTER: none is known here. Name one by `--no-db --server URL "
                "--token-file FILE --ca-file FILE`, or use deploy/halt.sh with your kubectl. "
                f"{address_book.SHELL}"
            )
        for name, found in halted.deleted.items():
            is_whole = name not in halted.failed and name not in halted.leaving
            if told := halt_by_labels.told(found, is_whole):
                self.say(f"{name}: {told}")
        for name, why in halted.failed.items():
            self.complain(f"{name}: did not go through: {why}")
        if halted.record_error:
            late = "It waits in the spool." if halted.spooled else "The spool took it neither."
            self.complain(f"NOT recorded: {halted.record_error} {late}")
        with each_answered_within(address_book.KNOWN_WITHIN):
            if not halted.record_error and (note := _note_on(options["user"])):
                self.complain(note)
        if halted.failed or halted.record_error or not halted.deleted:
            sys.exit(2)
        if halted.leaving:
            self.say(
                f"On its way out, and not gone yet: {', '.join(halted.leaving)}. `manage.py residue` says "
                "what is left. What a helper leaves is set back by the run's driver or the watchdog; where "
                "neither lives, `manage.py halt --no-db` waits for it and does."
            )
        where = f" on {one}" if one else ""
        self.say(f"Halted: nothing starts{where} until somebody releases it with `halt --release`.")
