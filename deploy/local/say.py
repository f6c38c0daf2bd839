"""What the person at the terminal reads: short progress lines, and troubles that say what to do."""

import contextlib
import sys


class Trouble(Exception):
    """Something on this machine is in the way. The message is a sentence for a person, with the remedy."""


def step(text: str) -> None:
    """One line of progress, at once (also where the output is a pipe).

    A terminal that was closed, or a `tee` that Ctrl-C ended first, keeps nothing from being stopped.
    """
    with contextlib.suppress(OSError):
        print(f"· {text}", flush=True)


def warn(text: str) -> None:
    """One line about something that went wrong but is being dealt with."""
    with contextlib.suppress(OSError):
        print(f"! {text}", file=sys.stderr, flush=True)


def tail(text: str, lines: int = 15) -> str:
    """The last lines of a program's output, indented, for showing below a sentence of ours."""
    return "\n".join(f"    {line}" for line in text.strip().splitlines()[-lines:])
