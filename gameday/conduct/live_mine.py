"""What one person may do in the control room right now: the part that differs from seat to seat."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass
from datetime import datetime, timedelta

from chaos.domain.injection import InverseKind
from chaos.domain.spec import FaultSpec, RunSpec
from chaos.domain.states import RunState
from chaos.faults import catalogue
from chaos.services import queries
from chaos.services.queries import Held
from gameday.approvals import services as approvals
from gameday.conduct.arming import Armed
from gameday.conduct.live_room import Room, is_any_live
from gameday.conduct.live_words import short_unit
from gameday.people.models import User
from gameday.plans.spec import Scenario


@dataclass(frozen=True, slots=True)
class Arming:
    """What a facilitator may arm, or has armed. `token` is only for who armed it.

    `missing` stands in the way of every scenario; `chosen` is the next one, by default. `deeds` and `stops`
    say of the armed scenario what it does and what ends it. `held`: the halts that keep every start back.
    """

    scenarios: tuple[Scenario, ...]
    chosen: str
    missing: tuple[str, ...]
    armed: Armed | None
    scenario: Scenario | None
    token: str
    deeds: tuple[Deed, ...] = ()
    stops: tuple[str, ...] = ()
    held: tuple[Held, ...] = ()


@dataclass(frozen=True, slots=True)
class Deed:
    """A fault in plain words."""

    title: str
    effect: str
    risk: str
    lasts: timedelta


@dataclass(frozen=True, slots=True)
class Asked:
    """A person's word that is waited for: `injected` or `reverted`, with what they are to do."""

    word: str
    instructions: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Mine:
    """None where there is nothing to do, or no right to."""

    arming: Arming | None
    asked: Asked | None
    may_note: bool
    may_conduct: bool


def mine(room: Room, user: User, acts: Set[str]) -> Mine:
    """`acts` are the names of what the person may do on this day."""
    return Mine(
        arming=_arming(room, user) if "conduct" in acts and not is_any_live(room.lines) else None,
        asked=_asked(room) if "attest" in acts else None,
        may_note="note" in acts,
        may_conduct="conduct" in acts,
    )


def _arming(room: Room, user: User) -> Arming:
    armed = room.armed
    scenarios = room.spec.scenarios
    if armed:
        token = armed.token(user) if armed.by == user.username else ""
        scenario = room.spec.scenario(armed.scenario)
        deeds, stops = tuple(map(_deed, scenario.run.faults)), tuple(_stops(scenario.run))
        return Arming(scenarios, armed.scenario, (), armed, scenario, token, deeds, stops)
    ahead = (item.key for item in scenarios if item.key not in room.lines)
    missing = approvals.standings([room.plan], room.now)[room.plan.slug].missing
    held = tuple(item for item in queries.halts() if item.cluster in (None, room.spec.cluster))
    return Arming(scenarios, next(ahead, scenarios[0].key), missing, None, None, "", held=held)


def _deed(fault: FaultSpec) -> Deed:
    known = catalogue.find(fault.fault)
    return Deed(known.title, known.effect, known.risk, fault.duration)


def _stops(spec: RunSpec) -> Iterator[str]:
    for item in spec.abort_conditions:
        times = f", {item.consecutive} times in a row" if item.consecutive > 1 else ""
        yield f"{item.probe} {item.comparison} {short_unit(spec.probe(item.probe).unit)}".strip() + times


def _asked(room: Room) -> Asked | None:
    """For a fault by hand. That it is to be injected is not told to those who do not know of it."""
    run = room.run
    if run is None or run.state.is_final:
        return None
    said = {word.word for word in run.words}
    for injection, progress in zip(run.injections, run.progress, strict=True):
        if injection.inverse is not InverseKind.PERSON or progress.requested_at is None:
            continue
        first, last = injection.instructions.splitlines()[0], injection.instructions.splitlines()[-1]
        if run.state is RunState.REVERTING or run.stop:
            return None if "reverted" in said else Asked("reverted", last, None)
        if run.state is RunState.INJECTING and "injected" not in said and not room.is_hidden:
            return Asked("injected", first, progress.requested_at + injection.person_within)
    return None
