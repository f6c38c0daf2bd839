"""Which findings, with their action items, are the organisers' alone for now."""

from __future__ import annotations

from django.db.models import Q

from chaos.journal.models import Audience
from chaos.services import queries
from gameday.debriefs.models import Finding
from gameday.people.models import User
from gameday.plans.audience import organised
from gameday.plans.models import Plan


def kept(**which: object) -> list[Finding]:
    """The findings, of those that `which` filters, that only the organisers of their plans may read now.

    One for the organisers stays with them while its run is live; one that was written before there was a
    run, until a run of its scenario has ended. What belongs to neither stays with them.
    Three queries at most.
    """
    live = [run.run for run in queries.live_runs()]
    theirs = Finding.objects.filter(audience=Audience.ORGANISERS.value, **which)
    found = list(theirs.filter(Q(run="") | Q(run__in=live)).select_related("plan"))
    early = {row.plan.stream for row in found if row.scenario and not row.run}
    ended = queries.ended(early) if early else set()
    return [row for row in found if row.run or (row.plan.stream, row.scenario) not in ended]


def unseen(user: User, **which: object) -> frozenset[int]:
    """The keys of the findings, of those that `which` filters, that `user` may not know of yet."""
    found = kept(**which)
    theirs = organised(user, [row.plan for row in found]) if found else frozenset()
    return frozenset(row.pk for row in found if row.plan_id not in theirs)


def beginning(plan: Plan, scenario: str) -> tuple[str, str]:
    """Whose a finding about `scenario` is when it is written now, and the live run that ends that.

    About one that the organisers keep to themselves and that has not been run to its end, it is theirs.
    """
    line = queries.newest_of_each(plan.stream).get(scenario) if scenario in plan.kept else None
    if scenario not in plan.kept or (line and line.state.is_final):
        return Audience.EVERYONE.value, ""
    return Audience.ORGANISERS.value, line.run if line else ""
