"""What to do next with a plan, in a sentence, for the person who looks at it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from chaos.services.queries import RunLine
from gameday.plans.audience import NOT_ANNOUNCED
from gameday.plans.spec import PlanSpec
from gameday.plans.standing import Standing


class Link(NamedTuple):
    """`address` is the name of an address that takes the plan."""

    address: str
    words: str
    icon: str


LIVE = Link("conduct:day", "Go to the live page", "activity")
DAY = Link("conduct:day", "Go to the day", "calendar")
CONDUCT = Link("conduct:day", "Conduct the day", "play")
DECIDE = Link("approvals:page", "Look and decide", "shield-check")
MISSING = Link("approvals:page", "See what is missing", "shield")
WHY = Link("approvals:page", "Read why", "shield")
EDIT = Link("plans:edit", "Edit the plan", "pencil")
DUPLICATE = Link("plans:duplicate", "Duplicate it", "copy")
DEBRIEF = Link("debriefs:page", "Debrief", "list-checks")


@dataclass(frozen=True, slots=True)
class Step:
    """`details` are further sentences."""

    sentence: str
    link: Link | None = None
    details: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """What somebody looks at: `runs` are the newest of each scenario, `acts` what this person may do on the
    plan, `approvers` the names of those who may decide on it, `kept` the scenarios that this person may not
    know of yet, `names` those of the people on the day by username."""

    spec: PlanSpec
    standing: Standing
    runs: Mapping[str, RunLine]
    acts: Collection[str]
    approvers: Sequence[str]
    now: datetime
    kept: Collection[str] = ()
    names: Mapping[str, str] = field(default_factory=dict)


def next_step(look: Look) -> Step:
    live = [run.scenario for run in look.runs.values() if not run.state.is_final]
    if live:
        titles = [
            NOT_ANNOUNCED if item.key in look.kept else item.run.title
            for item in look.spec.scenarios
            if item.key in live
        ]
        return Step(f"Live now: {', '.join(titles) or 'a run'}.", LIVE)
    if look.now >= look.spec.window.closes:
        return _after(look)
    if look.standing.status == "rejected":
        if "plan" in look.acts:
            sentence = "It was rejected as it stands. Change it; an edit asks for approval anew."
            return Step(sentence, EDIT, look.standing.missing)
        return Step("It was rejected as it stands. Its planners change it.", WHY, look.standing.missing)
    return _ready(look) if look.standing.status == "ready" else _waiting(look)


def _waiting(look: Look) -> Step:
    if look.standing.status == "untold":
        sentence = "It is approved. Not everybody who must be told has said that they know."
        return Step(sentence, MISSING, look.standing.missing)
    if "approve" in look.acts:
        sentence = "It waits for approval. Look at exactly what would happen, and decide."
        return Step(sentence, DECIDE, look.standing.missing)
    who = f" by {listed(look.approvers)}" if look.approvers else ", but nobody is left who may approve it"
    return Step(f"It waits for approval{who}.", MISSING, look.standing.missing)


def _ready(look: Look) -> Step:
    if look.now < look.spec.window.opens:
        return Step("Everything is in place. Its window is still to open.", DAY, look.standing.missing)
    left = [item for item in look.spec.scenarios if item.key not in look.runs]
    if not left:
        return Step("Every scenario has been run. Debrief while memories are fresh.", DEBRIEF)
    many = (
        f"{len(left)} scenario{'s' if len(left) > 1 else ''} to run"
        if look.runs
        else "Everything is in place"
    )
    if "conduct" in look.acts:
        return Step(f"{many}, and the window is open.", CONDUCT)
    who = [look.names.get(username) or username for username in look.spec.facilitators]
    return Step(f"{many}. {listed(who)} may start within the window.", DAY)


def _after(look: Look) -> Step:
    if look.runs:
        return Step("The day is over. Debrief it: what held, what did not, who does what about it.", DEBRIEF)
    sentence = "Its window has closed, and nothing was run."
    if "plan" in look.acts:
        return Step(f"{sentence} Duplicate it for another date.", DUPLICATE)
    return Step(sentence)


def listed(names: Sequence[str]) -> str:
    """`Anna`, `Anna or Arne`, `Anna, Arne or Fiona`."""
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last
