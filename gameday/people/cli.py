"""`manage.py people …`"""

from __future__ import annotations

import argparse
import sys
from getpass import getpass

from chaos.domain.errors import Refused
from gameday.commands import Commands, Say
from gameday.people import accounts, services
from gameday.people.models import User
from gameday.people.roles import TeamRole

_ROLES = [role.value for role in TeamRole]


def register(verbs: Commands[argparse.ArgumentParser]) -> None:
    add = verbs.add_parser("add", help="Add somebody to a team, or give them one more role; idempotent.")
    add.add_argument("username")
    add.add_argument("--name", required=True, help="The full name, as it will stand in the evidence.")
    add.add_argument("--team", required=True)
    add.add_argument("--role", action="append", default=[], choices=_ROLES, dest="roles")
    add.add_argument("--password-link", action="store_true", help="And print a link for their password.")
    add.set_defaults(act=_add)
    take = verbs.add_parser("take", help="Take roles away; without --role, all in the team.")
    take.add_argument("username")
    take.add_argument("--team", required=True)
    take.add_argument("--role", action="append", default=[], choices=_ROLES, dest="roles")
    take.set_defaults(act=_take)
    link = verbs.add_parser("link", help="Print a link with which somebody sets a password, once.")
    link.add_argument("username")
    link.set_defaults(act=_link)
    password = verbs.add_parser("password", help="Set a password, read from standard input.")
    password.add_argument("username")
    password.set_defaults(act=_password)
    for word, text in (
        ("deactivate", "Let somebody in no more; their sessions end."),
        ("activate", "Let them in again."),
    ):
        verb = verbs.add_parser(word, help=text)
        verb.add_argument("username")
        verb.set_defaults(act=_activate, is_active=word == "activate")
    for verb in (add, link):
        verb.add_argument(
            "--site", default="", metavar="URL", help="Where Gameday is reached; goes before the link."
        )
    for name in ("add", "take", "link", "password", "deactivate", "activate"):
        verbs.choices[name].add_argument(
            "--as", dest="user", metavar="USER", help="An administrator; needed as soon as there is one."
        )


def _by(options: argparse.Namespace) -> User | None:
    return services.person(options.user) if options.user else None


def _administrator(options: argparse.Namespace) -> User:
    if not options.user:
        raise Refused("That is done by an administrator; name one with --as USER.", "user")
    return services.person(options.user)


def _add(options: argparse.Namespace, say: Say) -> None:
    by = _by(options)
    user = services.add_person(options.username, options.name, options.team, options.roles, by)
    roles = ", ".join(sorted(role.value for role in services.roles_in(user, services.team(options.team))))
    say(f"{user} ({user.username}) is in {options.team}: {roles}.")
    if options.password_link:
        _link(options, say)


def _take(options: argparse.Namespace, say: Say) -> None:
    by, team = _administrator(options), services.team(options.team)
    has = services.roles_in(services.person(options.username), team)
    taken = {services.role_of(role) for role in options.roles} or has
    accounts.set_roles(options.username, team.name, [role.value for role in has - taken], by)
    left = ", ".join(sorted(role.value for role in has - taken)) or "nothing any more"
    say(f"{options.username} is in {team}: {left}.")


def _link(options: argparse.Namespace, say: Say) -> None:
    path = accounts.password_link(options.username, _by(options))
    say(f"Good once, within 24 hours: {options.site.rstrip('/')}{path}")


def _password(options: argparse.Namespace, say: Say) -> None:
    """Raises Refused for a password that is too easy."""
    user = services.person(options.username)
    text = getpass(f"New password of {user}: ") if sys.stdin.isatty() else sys.stdin.readline()
    accounts.set_password(options.username, text.rstrip("\n"), _by(options))
    say(f"{user} ({user.username}) signs in with this password from now on.")


def _activate(options: argparse.Namespace, say: Say) -> None:
    accounts.set_active(options.username, options.is_active, _administrator(options))
    say(f"{options.username} is {'let in again' if options.is_active else 'not active any more'}.")
