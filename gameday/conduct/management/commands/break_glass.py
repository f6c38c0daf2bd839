"""`manage.py break_glass new NAME` makes a token; `break_glass check` reads the file as the page does."""

from __future__ import annotations

from typing import Any

from gameday.commands import Say, SliceCommand
from gameday.conduct import break_glass


def _register(verbs: Any) -> None:
    new = verbs.add_parser("new", help="print a token, once, and its line for GAMEDAY_BREAK_GLASS_FILE")
    new.add_argument("name", help="who gets it")
    new.set_defaults(act=_new)
    check = verbs.add_parser("check", help="who holds a token, by the file that this process reads")
    check.set_defaults(act=_check)


def _new(options: Any, say: Say) -> None:
    token, line = break_glass.new_token(options.name)
    say(f"Hand over, and keep nowhere else: {token}")
    say(f"Into GAMEDAY_BREAK_GLASS_FILE:    {line}")


def _check(options: Any, say: Say) -> int:
    if not break_glass.is_set_up():
        say("GAMEDAY_BREAK_GLASS_FILE is not set: /break-glass/ stops nothing.")
        return 1
    names = [holder.name for holder in break_glass.holders()]
    say(f"Tokens are held by {', '.join(names)}." if names else "The file has no token.")
    return 0 if names else 1


class Command(SliceCommand):
    help = "Tokens with which everything is halted while nobody can sign in."
    requires_system_checks = []
    slices = (_register,)
