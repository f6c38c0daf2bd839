"""Storing what a form says, on top of what its author had before them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chaos.domain.errors import Refused
from gameday.people.models import User
from gameday.plans import history, services
from gameday.plans.compile import Document
from gameday.plans.differences import Change, differences
from gameday.plans.models import Plan
from gameday.plans.problems import Problem, undotted
from gameday.plans.services import Imported, OutOfDate


@dataclass(frozen=True, slots=True)
class Newer:
    """What somebody else stored meanwhile: the plan's version now, what changed up to it, and the keys of the
    scenarios that came with it."""

    version: int
    by: str
    changes: Sequence[Change]
    added: Sequence[str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Exactly one of these: stored, or why not."""

    imported: Imported | None = None
    problems: Sequence[Problem] = ()
    newer: Newer | None = None


def save(document: Document, by: User, based_on: int, now: datetime) -> Outcome:
    """Store a document that a form made; `based_on` is the version it was made of, 0 for a new plan."""
    spec, problems = services.checked(document)
    if spec is None:
        return Outcome(problems=problems)
    try:
        return Outcome(services.store(spec, document, by, now, based_on))
    except OutOfDate as error:
        if not based_on:
            taken = f"There is a plan {spec.slug} already; choose another short name."
            return Outcome(problems=[Problem(("plan",), taken)])
        return (
            Outcome(newer=newer(services.plan(spec.slug), based_on))
            if error.version
            else Outcome(problems=[Problem((), str(error))])
        )
    except Refused as error:
        return Outcome(problems=[Problem(undotted(error.field), str(error))])


def newer(plan: Plan, based_on: int) -> Newer:
    """What changed in `plan` since version `based_on`."""
    before = history.document_of(plan, based_on)
    known = {item["key"] for item in before.get("scenarios", ())}
    added = [item["key"] for item in plan.document["scenarios"] if item["key"] not in known]
    changes = differences(before, plan.document) if before else ()
    return Newer(plan.version, str(plan.last_editor), changes, added)
