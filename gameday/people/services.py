"""People: added by an administrator, found by everyone else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from chaos.domain.errors import Refused
from chaos.journal import ORGANISATION
from chaos.journal.record import append
from gameday.people.models import Membership, Team, User
from gameday.people.roles import Act, DayRole, TeamRole, may, who_may

_BOOTSTRAP = "Nobody was administrator yet, so nobody had to be named."


def add_person(
    username: str, name: str, team: str, roles: Iterable[str] = (), by: User | None = None
) -> User:
    """Add somebody to a team with these roles; what they have already, stays. Idempotent.

    `by` is an administrator; nobody is needed until there is one. An account made here has no password until
    its owner sets one. Raises Refused.
    """
    wanted = {TeamRole.MEMBER, *map(role_of, roles)}
    with transaction.atomic():
        is_known = User.objects.filter(username=username).exists()
        user = person(username) if is_known else User(username=username)
        name, before = name.strip(), user.name
        home = Team.objects.filter(name=team).first() or Team(name=team)
        has = roles_in(user, home) if is_known and home.pk else frozenset()
        new = sorted(role.value for role in wanted - has)
        if not new and name == before:
            return user
        _require_administrator(by)
        old, user.name = str(user), name
        if not is_known:
            user.set_unusable_password()
        _clean(user, "username")
        user.save()
        _clean(home, "team")
        home.save()
        Membership.objects.bulk_create(Membership(user=user, team=home, role=role) for role in new)
        if is_known and name != before:
            text = f"{by or 'Somebody'} renamed {old} ({username}) to {user}."
            record("people.renamed", text, by, {"username": username, "from": before, "to": name})
        if new:
            text = f"{by} gave {user} ({username}) of {team}: {', '.join(new)}."
            if by is None:
                text = f"{user} ({username}) of {team} was given: {', '.join(new)}. {_BOOTSTRAP}"
            record("people.added", text, by, {"username": username, "team": team, "roles": new})
    return user


def _require_administrator(by: User | None) -> None:
    if by is not None:
        require_anywhere(by, Act.ADMINISTER)
    elif is_any_administrator():
        raise Refused("People are added by an administrator; name one with --as USER.", "user")


def is_any_administrator(except_for: User | None = None) -> bool:
    """Whether there is an active one, `except_for` not counted."""
    found = Membership.objects.filter(role=TeamRole.ADMINISTRATOR.value, user__is_active=True)
    return (found.exclude(user=except_for) if except_for else found).exists()


def record(kind: str, text: str, by: User | None, body: Mapping[str, object]) -> None:
    """Into the journal of the organisation."""
    actor, name = (by.username, by.name) if by else ("", "")
    append(ORGANISATION, kind, text, at=timezone.now(), actor=actor, actor_name=name, body=body)


def person(username: str) -> User:
    """The active person with this username. Raises Refused when there is none."""
    found = any_person(username)
    if not found.is_active:
        raise Refused(f"{found} is not active any more.", "user")
    return found


def any_person(username: str) -> User:
    """As `person`, active or not."""
    found = User.objects.filter(username=username).first()
    if not found:
        raise Refused(f"There is nobody with the username {username!r}; add them with `people add`.", "user")
    return found


def team(name: str) -> Team:
    """Raises Refused, naming the teams there are."""
    found = Team.objects.filter(name=name).first()
    if not found:
        names = ", ".join(Team.objects.values_list("name", flat=True)) or "none yet"
        raise Refused(f"There is no team {name!r}; there are: {names}.", "team")
    return found


def roles_in(user: User, team: Team) -> frozenset[TeamRole]:
    """What `user` is in `team` now; nothing for an account that is not active."""
    if not user.is_active:
        return frozenset()
    rows = Membership.objects.filter(user=user, team=team).values_list("role", flat=True)
    return frozenset(map(TeamRole, rows))


def require(user: User, act: Act, team: Team, day_roles: Iterable[DayRole] = ()) -> None:
    """Raises Refused when neither team nor day gives `user` a role that may do `act`."""
    if not may(act, {*roles_in(user, team), *day_roles}) or not user.is_active:
        raise Refused(f"{user} may not {act.value} for {team}; that takes {who_may(act)}.", "user")


def require_anywhere(user: User, act: Act) -> None:
    """As `require`, for what belongs to no single team: a role in any team will do."""
    rows = Membership.objects.filter(user=user).values_list("role", flat=True)
    if not user.is_active or not may(act, set(map(TeamRole, rows))):
        raise Refused(f"{user} may not {act.value}; that takes {who_may(act)} of a team.", "user")


def may_anywhere(user: User, act: Act) -> bool:
    """Whether `require_anywhere` would let them."""
    try:
        require_anywhere(user, act)
    except Refused:
        return False
    return True


def role_of(role: str) -> TeamRole:
    try:
        return TeamRole(role)
    except ValueError:
        known = ", ".join(item.value for item in TeamRole)
        raise Refused(f"There is no role {role!r}; there are: {known}.", "role") from None


def _clean(row: User | Team, field: str) -> None:
    try:
        if isinstance(row, User) and row.username == "new":
            raise ValidationError("new is no username here: it is where people are added.")
        row.full_clean(exclude=["password"], validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        raise Refused(" ".join(error.messages), field) from error
