"""People: added by an administrator, found by everyone else."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from chaos.domain.errors import Refused
from chaos.journal import ORGANISATION
from chaos.journal.record import append
from gameday.people.models import Membership, Team, User
from gameday.people.roles import Act, DayRole, TeamRole, may, who_may


def add_person(username: str, name: str, team: str, roles: Iterable[str] = ()) -> User:
    """Add somebody to a team with these roles; what they have already, stays. Idempotent.

    An account made here has no password until its owner sets one. Raises Refused.
    """
    wanted = {TeamRole.MEMBER, *map(_role, roles)}
    with transaction.atomic():
        user = User.objects.filter(username=username).first() or User(username=username)
        user.name = name.strip()
        if not user.pk:
            user.set_unusable_password()
        _clean(user, "username")
        user.save()
        home = Team.objects.filter(name=team).first() or Team(name=team)
        _clean(home, "team")
        home.save()
        new = sorted(wanted - roles_in(user, home))
        Membership.objects.bulk_create(Membership(user=user, team=home, role=role.value) for role in new)
        if new:
            roles = [role.value for role in new]
            text = f"{user} ({username}) of {team} was given: {', '.join(roles)}."
            body = {"username": username, "team": team, "roles": roles}
            append(ORGANISATION, "people.added", text, at=timezone.now(), body=body)
    return user


def person(username: str) -> User:
    """The active person with this username. Raises Refused when there is none."""
    found = User.objects.filter(username=username).first()
    if not found:
        raise Refused(f"There is nobody with the username {username!r}; add them with `people add`.", "user")
    if not found.is_active:
        raise Refused(f"{found} is not active any more.", "user")
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


def _role(role: str) -> TeamRole:
    try:
        return TeamRole(role)
    except ValueError:
        known = ", ".join(item.value for item in TeamRole)
        raise Refused(f"There is no role {role!r}; there are: {known}.", "role") from None


def _clean(row: User | Team, field: str) -> None:
    try:
        row.full_clean(exclude=["password"], validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        raise Refused(" ".join(error.messages), field) from error
