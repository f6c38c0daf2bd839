"""Who sits at an open stream, and whether that person is still signed in: asked for all of them at once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from gameday.people.models import User
from gameday.people.requests import user_of


@dataclass(frozen=True, slots=True)
class Seat:
    """The session with which a stream was opened, and whose it was."""

    session: str
    user: int


def of(request: HttpRequest) -> Seat:
    return Seat(request.session.session_key or "", user_of(request).pk)


def vacant(seats: Collection[Seat]) -> set[Seat]:
    """Those whose person has signed out or changed the password since, or whose account was closed.

    Two queries, however many seats there are.
    """
    keys, people = {seat.session for seat in seats}, {seat.user for seat in seats}
    sessions = Session.objects.filter(expire_date__gt=timezone.now()).in_bulk(keys)
    users = User.objects.filter(is_active=True).in_bulk(people)
    return {seat for seat in seats if not _is_taken(sessions.get(seat.session), users.get(seat.user))}


def _is_taken(session: Session | None, user: User | None) -> bool:
    """As Django looks at each request: the session is this person's, and of the password as it is now."""
    if session is None or user is None:
        return False
    said = session.get_decoded()
    good = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    known = said.get(HASH_SESSION_KEY, "")
    return said.get(SESSION_KEY) == str(user.pk) and any(constant_time_compare(known, item) for item in good)
