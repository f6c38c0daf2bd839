"""What the control room knows of a day, for one audience: everything on its page is made of this."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from chaos.domain.states import RunState
from chaos.journal.models import JournalEntry
from chaos.journal.timeline import newest, of_run
from chaos.services import evidence_queries, queries
from chaos.services.evidence_queries import RunEvidence
from chaos.services.live_queries import NOBODY_DRIVES
from chaos.services.queries import RunLine
from gameday.conduct import arming
from gameday.conduct.arming import Armed
from gameday.conduct.audience import readable
from gameday.people.models import User
from gameday.plans.models import Plan
from gameday.plans.spec import PlanSpec

NOT_ANNOUNCED = "Not announced"
_MOST_ENTRIES = 2000


@dataclass(frozen=True, slots=True)
class Room:
    """`run` is the one in focus: the live one, else the newest; None before the first.

    `lines` maps each scenario that ever ran to its newest run, `entries` are what this audience may read of
    the run's journal. `is_hidden`: what the run in focus is about is not for this audience yet. `names` maps
    usernames to the names of those who launched and stopped it. `armed` waits to be injected, for organisers.
    """

    plan: Plan
    spec: PlanSpec
    now: datetime
    organiser: bool
    lines: Mapping[str, RunLine]
    run: RunEvidence | None
    entries: tuple[JournalEntry, ...]
    is_hidden: bool
    names: Mapping[str, str]
    armed: Armed | None

    @property
    def is_live(self) -> bool:
        return self.run is not None and not self.run.state.is_final

    @property
    def armed_title(self) -> str:
        """ "" where nothing is armed."""
        return self.spec.scenario(self.armed.scenario).run.title if self.armed else ""

    @property
    def zero(self) -> datetime | None:
        """When the fault was measured to be there, for those who may know."""
        return self.run.injected_at if self.run and not self.is_hidden else None

    @property
    def is_undriven(self) -> bool:
        """A live run that no driver has held for a while: nobody watches it."""
        if self.run is None or self.run.state.is_final:
            return False
        return self.now > (self.run.lease_until or self.run.state_since) + NOBODY_DRIVES

    @property
    def is_stranded(self) -> bool:
        run = self.run
        return bool(run and not run.state.is_final and run.marks.stranded_at and not run.marks.clean_at)

    def hides(self, key: str) -> bool:
        """Whether this scenario is kept from this audience."""
        line = self.lines.get(key)
        return not self.organiser and is_hidden(self.spec, key, line.state if line else None)

    def name(self, username: str) -> str:
        return self.names.get(username) or username

    def of(self, *kinds: str) -> list[JournalEntry]:
        """The run's entries of these kinds, in order."""
        return [entry for entry in self.entries if entry.kind in kinds]


def room(plan: Plan, organiser: bool, now: datetime, run: str = "") -> Room:
    """`run` is the run to show; without one the day's. Raises PlanRefused for a plan of an older release."""
    spec = plan.compiled()
    lines = queries.newest_of_each(plan.stream)
    run = run or in_focus(lines.values())
    found = evidence_queries.run_of(run) if run else None
    entries: tuple[JournalEntry, ...] = ()
    if found:
        mine = readable(of_run(plan.stream, found.run), plan.stream, organiser)
        entries = tuple(newest(mine, _MOST_ENTRIES))
    hidden = bool(found and not organiser and is_hidden(spec, found.scenario, found.state))
    armed = arming.armed_now(plan, now) if organiser and not is_any_live(lines) else None
    return Room(plan, spec, now, organiser, lines, found, entries, hidden, _names(found), armed)


def is_any_live(lines: Mapping[str, RunLine]) -> bool:
    return any(not line.state.is_final for line in lines.values())


def _names(run: RunEvidence | None) -> Mapping[str, str]:
    if run is None:
        return {}
    who = {run.launched_by, run.stop.by if run.stop else ""}
    return dict(User.objects.filter(username__in=who).values_list("username", "name"))


def in_focus(lines: Iterable[RunLine]) -> str:
    """The live run, else the newest; "" where nothing ever ran."""
    ordered = sorted(lines, key=lambda line: (not line.state.is_final, line.launched_at), reverse=True)
    return ordered[0].run if ordered else ""


def is_hidden(spec: PlanSpec, key: str, state: RunState | None) -> bool:
    """Whether responders are not to know of a scenario: it is for the organisers, and its run has not ended.

    One that the plan names no more is treated as if it were for everybody: it can only be a past one.
    """
    audience = next((item.audience for item in spec.scenarios if item.key == key), "everyone")
    return audience == "organisers" and not (state and state.is_final)
