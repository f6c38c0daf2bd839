"""`manage.py residue`: everything that is labelled ours, on every cluster; of those in the address book while
the database is away."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from chaos import wiring
from chaos.domain.by_hand import by_hand
from chaos.domain.errors import GamedayError
from chaos.domain.left import of_ours
from chaos.domain.sight import ResidueKind
from chaos.services import address_book

CLEAN, LEFT = 0, 2


class Command(BaseCommand):
    help = (
        "List what is ours in the clusters. Exit status 0: nothing that is a fault, nor any part of one; 2: "
        "something is, or it could not be seen. A ChaosResult is neither."
    )

    requires_system_checks = []  # nobody who is looking for a fault waits for what is wrong elsewhere

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--by-hand", action="store_true", dest="is_by_hand", help="with the commands that undo each"
        )

    def handle(self, *args: object, **options: Any) -> None:
        addresses, why = address_book.known()
        if why:
            self.stderr.write(f"The database is away: {why} {address_book.as_known()}")
        if not addresses:
            self.stderr.write(
                "NOTHING WAS LOOKED AT: no cluster is known here. Use `deploy/halt.sh --dry-run` with your "
                f"kubectl. {address_book.SHELL}"
            )
            sys.exit(LEFT)
        status = CLEAN
        for name, port in wiring.ports_at(addresses).items():
            try:
                found = port.residue()
            except GamedayError as error:
                status = LEFT
                self.stderr.write(f"{name}: cannot be seen: {error}")
                continue
            for item in found:
                if item.kind is not ResidueKind.RESULT:
                    status = LEFT
                self.stdout.write(f"{name}: {item}")
                for hand in by_hand(of_ours(item)) if options["is_by_hand"] else ():
                    self.stdout.write(f"  {hand.words}\n    {hand.command}")
            if found and all(item.kind is ResidueKind.RESULT for item in found):
                self.stdout.write(
                    f"{name}: no fault is left. A ChaosResult is a record of what Litmus did: it does "
                    "nothing, and is swept by itself."
                )
            if not found:
                self.stdout.write(f"{name}: nothing of ours is left.")
        sys.exit(status)
