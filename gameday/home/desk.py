"""The first page: what is live, what waits for this person, what comes next, what is overdue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from chaos.journal import plan_stream, slug_of
from chaos.services import contact, glass, queries, workers
from chaos.services.contact import InContact
from gameday.approvals import policy
from gameday.approvals import services as approvals
from gameday.approvals.services import Standing
from gameday.debriefs.audience import unseen
from gameday.debriefs.models import ActionItem
from gameday.home.stranded import stranded_of
from gameday.people.models import Membership, User
from gameday.people.roles import Act, DayRole, TeamRole, may
from gameday.people.services import may_anywhere
from gameday.plans.models import Plan

PLANS_AHEAD = 40
"""How many plans ahead are looked at; the rest is in the list of plans."""
SHOWN = 8


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that this person can do now. `icon` is of the sprite."""

    icon: str
    sentence: str
    verb: str
    address: str


@dataclass(frozen=True, slots=True)
class Ahead:
    """A plan whose window has not closed. `conducted` counts scenarios that were run."""

    standing: Standing
    conducted: int

    @property
    def plan(self) -> Plan:
        return self.standing.plan

    @property
    def is_open(self) -> bool:
        return self.plan.opens_at <= self.standing.now < self.plan.closes_at


@dataclass(frozen=True, slots=True)
class Past:
    plan: Plan
    at: datetime


@dataclass(frozen=True, slots=True)
class Desk:
    waiting: tuple[Waiting, ...]
    ahead: tuple[Ahead, ...]
    past: tuple[Past, ...]
    mine: tuple[ActionItem, ...]
    overdue: int
    """Of everybody's action items that this person may know of."""
    clusters: tuple[tuple[InContact, str, str], ...]
    """Each with the state of the cluster and of its Prometheus."""
    workers: workers.Known
    workers_state: str
    silence: str
    """Why nobody would take a run up, in words, or ""."""


def desk(user: User, now: datetime) -> Desk:
    """A fixed number of queries, however many plans there are."""
    plans = list(
        Plan.objects.filter(closes_at__gt=now).select_related("team", "cluster").order_by("opens_at", "slug")
    )[:PLANS_AHEAD]
    standings = approvals.standings(plans, now)
    done = queries.conducted([plan.stream for plan in plans])
    ahead = [
        Ahead(standings[plan.slug], done.get(plan.stream, 0)) for plan in plans if plan.slug in standings
    ]
    roles = _roles(user)
    waiting = [*_left(user, roles, now), *_unreviewed(user)]
    waiting += [item for one in ahead for item in _waiting(one, user, roles.get(one.plan.team_id, set()))]
    heard = workers.known()
    actions = ActionItem.objects.filter(done_at=None).exclude(finding__in=unseen(user))
    actions = actions.select_related("owner", "finding__plan")
    return Desk(
        waiting=tuple(waiting),
        ahead=tuple(ahead[:SHOWN]),
        past=tuple(_past()),
        mine=tuple(actions.filter(owner=user).order_by("due")[:SHOWN]),
        overdue=actions.filter(due__lt=now.date()).count(),
        clusters=tuple(
            (item, item.cluster.state(now), item.prometheus.state(now)) for item in contact.known()
        ),
        workers=heard,
        workers_state=heard.state(now),
        silence=heard.sentence(now),
    )


def _left(user: User, roles: Mapping[int, Set[TeamRole]], now: datetime) -> Iterator[Waiting]:
    """What is stranded, for those who may break the glass and for all of the plan's own people."""
    stranded = stranded_of(user, queries.open_runs(), now)
    slugs = [item.plan for item in stranded]
    plans = {plan.slug: plan for plan in Plan.objects.filter(slug__in=slugs)} if slugs else {}
    for item in stranded:
        plan = plans.get(item.plan)
        is_theirs = plan and (roles.get(plan.team_id) or plan.day_roles(user.username))
        if is_theirs or any(may(Act.STRIP, held) for held in roles.values()):
            sentence = f"{item.title} is stranded on {item.cluster}: it cannot be proven gone."
            address = reverse("conduct:clean-up", args=[item.run])
            yield Waiting("triangle-alert", sentence, "See what is left", address)


def _unreviewed(user: User) -> Iterator[Waiting]:
    """What others did behind broken glass, for those who may review it."""
    found = [item for item in glass.unreviewed() if item.by != user.username]
    if found and may_anywhere(user, Act.REVIEW):
        for item in found:
            sentence = f"{item.by_name} took the finalizer off {item.engine}. Somebody else has to review it."
            yield Waiting("unlock", sentence, "Review", reverse("conduct:clean-up", args=[item.run]))


def _roles(user: User) -> Mapping[int, Set[TeamRole]]:
    found: dict[int, set[TeamRole]] = defaultdict(set)
    for team, role in Membership.objects.filter(user=user).values_list("team", "role"):
        found[team].add(TeamRole(role))
    return found


def _waiting(ahead: Ahead, user: User, team: Set[TeamRole]) -> Iterator[Waiting]:
    """In the order in which a day comes about."""
    plan, standing = ahead.plan, ahead.standing
    roles: set[TeamRole | DayRole] = {*team, *plan.day_roles(user.username)}
    approval = reverse("approvals:page", args=[plan.slug])
    here = [row for row in standing.decisions if row.digest == standing.asked.digest]
    if standing.status == "rejected" and may(Act.PLAN, roles):
        edit = reverse("plans:edit", args=[plan.slug])
        yield Waiting("pencil", f"{plan} was rejected. Change it and it is asked anew.", "Change", edit)
    if standing.status in ("waiting", "untold") and user.username in standing.asked.writers:
        sentence = f"Your plan {plan} waits for others: {_for_whom(standing)}."
        yield Waiting("clock", sentence, "See what is missing", approval)
    if standing.status == "waiting" and may(Act.APPROVE, roles):
        is_free = user.username not in standing.asked.writers | standing.asked.facilitators
        if is_free and user.pk not in {row.approver_id for row in here}:
            yield Waiting("shield-check", f"{plan} waits for a decision.", "Look and decide", approval)
    for party in standing.spec.must_be_told:
        if party.name in standing.asked.untold and user.username in party.acknowledged_by:
            yield Waiting("bell", f"{party.name} must know of {plan}.", "Read and acknowledge", approval)
    if standing.status == "ready" and ahead.is_open and may(Act.CONDUCT, roles):
        left = len(standing.spec.scenarios) - ahead.conducted
        if left > 0:
            scenarios = "1 scenario" if left == 1 else f"{left} scenarios"
            day = reverse("conduct:day", args=[plan.slug])
            yield Waiting("play", f"{plan} is ready: {scenarios} to conduct.", "Open the day", day)


def _for_whom(standing: Standing) -> str:
    """Who has to do something before it can be launched, in words."""
    lacking = policy.tier(standing.asked.environment).quorum - len(standing.approvals)
    parts = [f"{lacking} approval{'' if lacking == 1 else 's'}"] if lacking > 0 else []
    untold = len(standing.asked.untold)
    if untold:
        parts.append(f"{untold} {'party' if untold == 1 else 'parties'} to be told")
    return " and ".join(parts) or "its window to open"


def _past() -> Iterator[Past]:
    newest = queries.last_conducted(SHOWN)
    slugs = [slug_of(stream) for stream, _ in newest]
    plans = {plan_stream(plan.slug): plan for plan in Plan.objects.filter(slug__in=slugs).defer("document")}
    return (Past(plans[stream], at) for stream, at in newest if stream in plans)
