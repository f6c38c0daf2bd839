"""Who sent a request."""

from __future__ import annotations

from django.http import HttpRequest

from gameday.people.models import User


def user_of(request: HttpRequest) -> User:
    """The person. Only for addresses that the table of permissions keeps for who is signed in."""
    if not isinstance(request.user, User):
        raise TypeError("Nobody is signed in; the table of permissions should not have let this through.")
    return request.user
