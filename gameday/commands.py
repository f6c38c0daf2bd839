"""What our management commands share: sub-commands out of the slices, and refusals as sentences."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import Error, OperationalError, ProgrammingError

from chaos.domain.errors import GamedayError
from chaos.services.address_book import SHELL

Commands = argparse._SubParsersAction
Say = Callable[[str], None]


def at_once(say: Callable[[str], object]) -> Say:
    """Also where the output is a pipe; and where nobody reads it any more, as when Ctrl-C has ended the `tee`
    behind it, nothing is said, and the stop is sent all the same."""

    def say_now(line: str) -> None:
        with contextlib.suppress(OSError):
            say(line)
            flush = getattr(getattr(say, "__self__", None), "flush", None)
            if flush:
                flush()

    return say_now


class SliceCommand(BaseCommand):
    """`manage.py NOUN VERB …`. Each slice registers its verbs; each verb sets `act(options, say)` as default.

    `act` gives back nothing, or an exit status. A refusal is a sentence on stderr and exit status 1.
    """

    slices: tuple[Callable[[Any], None], ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        # Sub-parsers are plain ones: Django's own take arguments that argparse does not pass on.
        verbs = parser.add_subparsers(
            dest="verb", required=True, metavar="VERB", parser_class=argparse.ArgumentParser
        )
        for register in self.slices:
            register(verbs)

    def handle(self, *args: object, **options: Any) -> None:
        try:
            status = options["act"](argparse.Namespace(**options), self.stdout.write)
        except GamedayError as error:
            self.stderr.write(str(error))
            sys.exit(1)
        except Error as error:
            self.stderr.write(f"The database cannot be used: {error}")
            if isinstance(error, OperationalError | ProgrammingError):  # it is away, or it is another one
                self.stderr.write(SHELL)
            sys.exit(1)
        if status:
            sys.exit(status)
