"""What people call those whom a plan names by their usernames."""

from __future__ import annotations

from collections.abc import Mapping

from gameday.people.models import User
from gameday.plans.spec import PlanSpec


def names_of(spec: PlanSpec) -> Mapping[str, str]:
    """By username, of everybody on the day and whoever acknowledges for a party; one query.

    Somebody without an account any more is called by their username.
    """
    who = {*spec.people, *(username for party in spec.must_be_told for username in party.acknowledged_by)}
    known = dict(User.objects.filter(username__in=who).values_list("username", "name"))
    return {username: known.get(username) or username for username in who}
