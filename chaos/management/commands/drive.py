"""`manage.py drive RUN`: host a drive here, without Celery and without Redis."""

from __future__ import annotations

import sys
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandParser

from chaos import wiring
from chaos.domain.errors import GamedayError
from chaos.models import Run


class Command(BaseCommand):
    help = "Drive one run in this process until it is over."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("run", help="The run's id")

    def handle(self, *args: object, **options: Any) -> None:
        try:
            end = wiring.host(options["run"])
        except (Run.DoesNotExist, ValidationError):
            self.stderr.write(f"There is no run {options['run']!r}.")
            sys.exit(1)
        except GamedayError as error:
            self.stderr.write(str(error))
            sys.exit(1)
        self.stdout.write(f"The drive ended: {end.value}.")
