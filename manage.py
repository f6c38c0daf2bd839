#!/usr/bin/env python3
"""Gameday's command line."""

import os
import signal
import sys
from typing import TextIO


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gameday.settings")
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except BrokenPipeError:  # as of `| head -1`
        sys.exit(128 + signal.SIGPIPE)
    finally:
        for stream in filter(None, (sys.stdout, sys.stderr)):  # none, where it was closed at the start
            _say_the_rest(stream)


def _say_the_rest(stream: TextIO) -> None:
    """What is left unsaid as nobody reads it is no error at the very end: it would change the exit status."""
    try:
        stream.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


if __name__ == "__main__":
    main()
