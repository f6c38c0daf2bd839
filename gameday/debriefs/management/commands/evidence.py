"""`evidence PLAN --to DIR` writes the plan's evidence bundle and prints its path."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from chaos.domain.errors import GamedayError
from gameday.debriefs.evidence import write_bundle
from gameday.people import services as people


class Command(BaseCommand):
    help = "Write the evidence bundle of a plan: a signed ZIP that verifies without us."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("plan", help="the plan's id")
        parser.add_argument("--to", type=Path, default=Path("."), metavar="DIR", help="made if it is missing")
        parser.add_argument("--as", dest="user", default="", metavar="USER", help="who makes it; recorded")

    def handle(self, *args: Any, plan: str, to: Path, user: str, **options: Any) -> None:
        try:
            by = people.person(user) if user else None
            bundle = write_bundle(plan, to, datetime.now(UTC), by)
        except GamedayError as error:
            self.stderr.write(str(error))
            sys.exit(1)
        self.stdout.write(str(bundle.path))
