"""`manage.py people …`"""

from __future__ import annotations

import argparse

from gameday.commands import Commands, Say
from gameday.people import services
from gameday.people.roles import TeamRole


def register(verbs: Commands[argparse.ArgumentParser]) -> None:
    add = verbs.add_parser("add", help="Add somebody to a team, or give them one more role; idempotent.")
    add.add_argument("username")
    add.add_argument("--name", required=True, help="The full name, as it will stand in the evidence.")
    add.add_argument("--team", required=True)
    add.add_argument(
        "--role", action="append", default=[], choices=[role.value for role in TeamRole], dest="roles"
    )
    add.add_argument(
        "--as", dest="user", metavar="USER", help="An administrator; needed as soon as there is one."
    )
    add.set_defaults(act=_add)


def _add(options: argparse.Namespace, say: Say) -> None:
    by = services.person(options.user) if options.user else None
    user = services.add_person(options.username, options.name, options.team, options.roles, by)
    roles = ", ".join(sorted(role.value for role in services.roles_in(user, services.team(options.team))))
    say(f"{user} ({user.username}) is in {options.team}: {roles}.")
