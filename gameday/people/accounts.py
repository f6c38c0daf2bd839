"""Accounts: roles given and taken, passwords, and who is not active any more. All of it is in the journal.

An administrator never learns a password: they hand over a link with which its owner sets one, once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from chaos.domain.errors import Refused
from gameday.people.models import Membership, Team, User
from gameday.people.roles import Act, TeamRole
from gameday.people.services import (
    add_person,
    any_person,
    is_any_administrator,
    person,
    record,
    require_anywhere,
    role_of,
    roles_in,
)


def set_roles(username: str, team_name: str, roles: Iterable[str], by: User) -> None:
    """Exactly these roles in the team, and member. Who has none any more leaves it; who is new is a member.

    Raises Refused for somebody who is no administrator, or when the last of them would go.
    """
    require_anywhere(by, Act.ADMINISTER)
    wanted = frozenset(map(role_of, roles))
    with transaction.atomic():
        user, home = person(username), Team.objects.filter(name=team_name).first()
        has = roles_in(user, home) if home else frozenset()
        if not has:
            wanted |= {TeamRole.MEMBER}
        if wanted - has:
            add_person(username, user.name, team_name, [role.value for role in wanted - has], by)
        keeps = wanted | {TeamRole.MEMBER} if wanted else wanted
        taken = sorted(role.value for role in has - keeps)
        if not taken:
            return
        Membership.objects.filter(user=user, team=home, role__in=taken).delete()
        _require_one_administrator()
        text = f"{by} took from {user} ({username}) of {team_name}: {', '.join(taken)}."
        record("people.roles_taken", text, by, {"username": username, "team": team_name, "roles": taken})


def rename(username: str, name: str, by: User) -> None:
    """Raises Refused."""
    require_anywhere(by, Act.ADMINISTER)
    with transaction.atomic():
        user, name = any_person(username), name.strip()
        if not name:
            raise Refused("Give the full name, as it will stand in the evidence.", "name")
        before, user.name = user.name, name
        if before == name:
            return
        user.save(update_fields=["name"])
        text = f"{by} renamed {before} ({username}) to {user}."
        record("people.renamed", text, by, {"username": username, "from": before, "to": name})


def set_active(username: str, is_active: bool, by: User) -> None:
    """Let somebody in, or no more: their sessions end with their next request. Their roles are kept.

    Raises Refused for somebody who is no administrator, or when the last of them would go.
    """
    require_anywhere(by, Act.ADMINISTER)
    with transaction.atomic():
        user = any_person(username)
        if user.is_active == is_active:
            return
        user.is_active = is_active
        user.save(update_fields=["is_active"])
        _require_one_administrator()
        kind, text = "people.deactivated", f"{by} deactivated {user} ({username})."
        if is_active:
            kind, text = "people.activated", f"{by} let {user} ({username}) in again."
        record(kind, text, by, {"username": username})


def password_link(username: str, by: User | None) -> str:
    """The path of a page on which `username` sets a password; good once, and for PASSWORD_RESET_TIMEOUT.

    `by` as in `add_person`. Raises Refused.
    """
    user = any_person(username)
    _require_may(user, by)
    if not user.is_active:
        raise Refused(f"{user} is not active any more; let them in again first.", "user")
    text = f"{by or 'Somebody'} made a link with which {user} ({username}) can set a password, once."
    with transaction.atomic():
        record("people.password_link", text, by, {"username": username})
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("people:set-password", args=[uid, default_token_generator.make_token(user)])


def set_password(username: str, password: str, by: User | None) -> None:
    """Set it here and now: for the first account of an installation, and for practice ones.

    `by` as in `add_person`, or the person themselves. Raises Refused, with what is wrong with the password.
    """
    user = any_person(username)
    if by != user:
        _require_may(user, by)
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused(" ".join(error.messages), "password") from error
    user.set_password(password)
    with transaction.atomic():
        user.save(update_fields=["password"])
        note_password(user, by or user, "on the command line")


def note_password(user: User, by: User, how: str) -> None:
    """Keep in the journal that a password was set, `how` completing the sentence."""
    text = f"{by} set a password {how}."
    if by != user:
        text = f"{by} set a password for {user} ({user.username}) {how}."
    record("people.password_set", text, by, {"username": user.username})


def _require_may(user: User, by: User | None) -> None:
    if by is not None:
        require_anywhere(by, Act.ADMINISTER)
    elif is_any_administrator(except_for=user):
        raise Refused("That is done by an administrator; name one with --as USER.", "user")


def _require_one_administrator() -> None:
    if not is_any_administrator():
        raise Refused(
            "This is the last administrator; without one nobody could release a halt. Make another first.",
            "roles",
        )


def by_team(memberships: Iterable[Membership]) -> Mapping[str, list[str]]:
    """Roles by the names of teams, `member` left out where there is another."""
    found: dict[str, list[str]] = {}
    for item in memberships:
        found.setdefault(item.team.name, []).append(item.role)
    return {
        name: sorted(role for role in roles if role != TeamRole.MEMBER.value or len(roles) == 1)
        for name, roles in sorted(found.items())
    }
