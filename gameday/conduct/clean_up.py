"""What became of a run's faults, for whoever has to finish it by hand: the certificate, and what is left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chaos import wiring
from chaos.domain.by_hand import Hand, by_hand, in_order
from chaos.domain.certificate import Cleanup
from chaos.domain.errors import Refused
from chaos.domain.left import Left
from chaos.journal import slug_of
from chaos.services import evidence_queries, glass
from chaos.services.certificates import Certificate, certificate
from chaos.services.evidence_queries import RunEvidence
from chaos.services.glass import Broken, Person
from chaos.services.live_queries import NOBODY_DRIVES
from gameday.people import services as people
from gameday.people.models import User
from gameday.people.roles import Act
from gameday.plans.audience import is_organiser
from gameday.plans.models import Plan


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing that is left, and what somebody with kubectl does about it."""

    left: Left
    hands: tuple[Hand, ...]


@dataclass(frozen=True, slots=True)
class CleanUp:
    """Of one run. `is_kept`: its scenario is not announced to this person, who is told no more of it than
    where it stands. `is_undriven`: nobody goes on undoing it now."""

    plan: Plan
    run: RunEvidence
    certificate: Certificate
    things: tuple[Thing, ...]
    is_kept: bool
    is_undriven: bool

    @property
    def is_stranded(self) -> bool:
        return self.certificate.verdict is Cleanup.STRANDED

    @property
    def looked_at(self) -> datetime | None:
        """When what is left was last seen."""
        return max((item.left.at for item in self.things if item.left.at), default=None)


def clean_up(run: str, user: User, now: datetime) -> CleanUp:
    """Raises Refused for a run that is not there."""
    found = evidence_queries.run_of(run)
    slug = slug_of(found.stream) if found else ""
    plan = Plan.objects.select_related("team").filter(slug=slug).first()
    if found is None or plan is None:
        raise Refused(f"There is no run {run}.", "run")
    kept = not found.state.is_final and found.scenario in plan.kept and not is_organiser(user, plan)
    return CleanUp(
        plan=plan,
        run=found,
        certificate=certificate(found, glass.of_run(run)),
        things=tuple(Thing(item, by_hand(item)) for item in in_order(found.left)),
        is_kept=kept,
        is_undriven=is_undriven(found, now),
    )


def is_undriven(run: RunEvidence, now: datetime) -> bool:
    """Whether it is not over, and no driver has held it for a while."""
    return not run.state.is_final and now > (run.lease_until or run.state_since) + NOBODY_DRIVES


def strip(run: str, engine: str, reason: str, by: User) -> Broken:
    """Break the glass: see `chaos.services.glass.strip`. Raises Refused without the right to."""
    people.require_anywhere(by, Act.STRIP)
    return glass.strip(run, engine, Person(by.username, by.name), reason, wiring.ports_of_run(run))


def review(number: int, note: str, by: User, now: datetime) -> Broken:
    """Look at what somebody else did behind broken glass. Raises Refused."""
    people.require_anywhere(by, Act.REVIEW)
    return glass.review(number, Person(by.username, by.name), note, now)
