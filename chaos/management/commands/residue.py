"""`manage.py residue`: everything that is labelled ours, on every cluster."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from chaos import wiring
from chaos.domain.by_hand import by_hand
from chaos.domain.errors import GamedayError
from chaos.domain.left import of_ours

CLEAN, LEFT = 0, 2


class Command(BaseCommand):
    help = "List what is ours in the clusters. Exit status 0: nothing; 2: something, or it could not be seen."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--by-hand", action="store_true", dest="is_by_hand", help="with the commands that undo each"
        )

    def handle(self, *args: object, **options: Any) -> None:
        status = CLEAN
        for name, port in wiring.cluster_ports().items():
            try:
                found = port.residue()
            except GamedayError as error:
                status = LEFT
                self.stderr.write(f"{name}: cannot be seen: {error}")
                continue
            for item in found:
                status = LEFT
                self.stdout.write(f"{name}: {item}")
                for hand in by_hand(of_ours(item)) if options["is_by_hand"] else ():
                    self.stdout.write(f"  {hand.words}\n    {hand.command}")
            if not found:
                self.stdout.write(f"{name}: nothing of ours is left.")
        sys.exit(status)
