"""Arm, then inject: the first act looks at the cluster and shows what would be hit, the second launches it.

What was armed stands in the journal. Injecting takes a signed token that names the person, the plan's digest
and the id that the run is to have: sent twice, it leads to the same run.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core import signing
from django.db import transaction

from chaos.domain import codec
from chaos.domain.errors import Refused
from chaos.domain.targets import Targets
from chaos.journal.models import JournalEntry
from chaos.journal.queries import entries
from chaos.journal.record import append, head_of
from chaos.services import arm as looking
from chaos.services import queries, workers
from chaos.wiring import cluster_port, ring
from gameday.approvals import services as approvals
from gameday.conduct import services
from gameday.people import services as people
from gameday.people.models import User
from gameday.people.roles import Act
from gameday.plans.models import Plan

ARMED_FOR = timedelta(minutes=5)
ARMED, DISARMED = "scenario.armed", "scenario.disarmed"
_SALT = "gameday.conduct.arming"
_LOOK_BACK = 500
"""Entries of the plan's journal that can have been written while something is armed, and to spare."""


class NotReady(Refused):
    """`missing` says one by one what stands in the way, `targets` in words what would be hit."""

    def __init__(self, missing: tuple[str, ...], targets: tuple[str, ...]) -> None:
        super().__init__(" ".join(missing))
        self.missing, self.targets = missing, targets


@dataclass(frozen=True, slots=True)
class Armed:
    """`run` is the id that its run will have. `targets` are sentences, one per fault; `names` all of them."""

    scenario: str
    by: str
    by_name: str
    at: datetime
    digest: str
    run: str
    targets: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def until(self) -> datetime:
        return self.at + ARMED_FOR

    def token(self, user: User) -> str:
        said = {"user": user.username, "run": self.run, "digest": self.digest, "scenario": self.scenario}
        return signing.dumps({**said, "until": codec.to_plain(self.until)}, salt=_SALT)


def arm(plan: Plan, key: str, by: User, now: datetime) -> Armed:
    """Look at the cluster, and write down that it is armed.

    Raises NotReady with all that is missing, Refused without the right, Transient when the cluster does not
    answer.
    """
    standing = approvals.standing(plan.slug, now)
    order = services.order_of(standing, key, by)
    outlook = looking.look(order, cluster_port(standing.spec.cluster))
    words = tuple(map(_in_words, outlook.targets))
    silence = workers.known().sentence(now)
    nobody = (f"{silence} {workers.START_THEM}",) if silence else ()
    missing = (*standing.missing, *outlook.missing, *nobody)
    if missing:
        raise NotReady(missing, words)
    names = [name for item in outlook.targets if item for name in item.names]
    body = {
        "digest": standing.spec.digest,
        "spec_digest": order.spec.digest,
        "run": str(uuid.uuid4()),
        "targets": list(words),
        "names": names,
    }
    text = f"{by.name} armed {order.spec.title}. It would hit {'; '.join(words)}."
    return _armed(_record(plan, ARMED, text, key, by, now, body))


def disarm(plan: Plan, by: User, now: datetime) -> None:
    """Take back what is armed, whoever armed it. Raises Refused without the right."""
    people.require(by, Act.CONDUCT, plan.team, plan.day_roles(by.username))
    armed = armed_now(plan, now)
    if armed:
        text = f"{by.name} put {armed.scenario} back; it is not armed any more."
        _record(plan, DISARMED, text, armed.scenario, by, now, {"run": armed.run})


def armed_now(plan: Plan, now: datetime) -> Armed | None:
    """What is armed at this moment: written last, not expired, of the plan as it stands, not launched yet."""
    newest = entries(plan.stream, head_of(plan.stream).seq - _LOOK_BACK)
    entry = newest.filter(kind__in=(ARMED, DISARMED)).order_by("-seq").first()
    if entry is None or entry.kind == DISARMED:
        return None
    armed = _armed(entry)
    is_over = now >= armed.until or armed.digest != plan.compiled().digest or queries.exists(armed.run)
    return None if is_over else armed


@dataclass(frozen=True, slots=True)
class Injected:
    """The run that was launched. `caution`: what keeps it from beginning, in words, or ""."""

    run: str
    caution: str = ""


def inject(plan: Plan, token: str, by: User, now: datetime) -> Injected:
    """Launch what `by` armed. The same token always leads to the same run.

    Raises Refused: not armed by this person, expired, put back, edited since, other targets, or whatever
    keeps a scenario from being launched.
    """
    said = _said(token)
    if said["user"] != by.username:
        raise Refused("Somebody else armed this; arm it yourself, and look at what it will hit.", "token")
    run = str(said["run"])
    if queries.stream_of(run) == plan.stream:
        return Injected(run)
    armed = armed_now(plan, now)
    if armed is None or armed.run != run:
        raise Refused(_why_not(said, plan, now), "token")
    rung: list[bool] = []
    try:
        services.launch(
            plan,
            armed.scenario,
            by,
            now,
            ring=lambda launched: rung.append(ring(launched)),
            run=uuid.UUID(armed.run),
            armed=armed.names,
        )
    except Refused:
        if queries.stream_of(run) == plan.stream:  # its twin was faster
            return Injected(run)
        raise
    return Injected(run, workers.after_launch(all(rung), now))


def _said(token: str) -> Mapping[str, Any]:
    try:
        said: Mapping[str, Any] = signing.loads(token, salt=_SALT)
    except signing.BadSignature as error:
        raise Refused("This was not armed here; arm the scenario and inject from there.", "token") from error
    return said


def _why_not(said: Mapping[str, Any], plan: Plan, now: datetime) -> str:
    if now >= datetime.fromisoformat(said["until"]):
        minutes = ARMED_FOR // timedelta(minutes=1)
        return f"It was armed for {minutes} minutes, and they are over. Arm it again."
    if said["digest"] != plan.compiled().digest:
        return "The plan was edited since it was armed; it needs a new approval."
    return "It is not armed any more: it was put back, or something else was armed since."


def _armed(entry: JournalEntry) -> Armed:
    body = entry.body
    return Armed(
        scenario=entry.scenario,
        by=entry.actor,
        by_name=entry.actor_name,
        at=entry.at,
        digest=body["digest"],
        run=body["run"],
        targets=tuple(body["targets"]),
        names=tuple(body["names"]),
    )


def _in_words(targets: Targets | None) -> str:
    return str(targets) if targets else "nothing by itself; a person does it by hand"


def _record(
    plan: Plan, kind: str, text: str, key: str, by: User, now: datetime, body: Mapping[str, object]
) -> JournalEntry:
    with transaction.atomic():
        return append(
            plan.stream,
            kind,
            text,
            at=now,
            actor=by.username,
            actor_name=by.name,
            audience="organisers",
            scenario=key,
            body=body,
        )
