"""`manage.py drive RUN`: host a drive here, without Celery and without Redis."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import Error

from chaos import wiring
from chaos.domain.errors import GamedayError
from chaos.services.run_ids import run_named


class Command(BaseCommand):
    help = "Drive one run in this process until it is over."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("run", help="The run's id, or its first 8 digits")

    def handle(self, *args: object, **options: Any) -> None:
        try:
            end = wiring.host(run_named(options["run"]))
        except GamedayError as error:
            self.stderr.write(str(error))
            sys.exit(1)
        except Error as error:
            self.stderr.write(f"The database cannot be used: {error}")
            sys.exit(1)
        self.stdout.write(f"The drive ended: {end.value}.")
