"""Plans: imported by planners, found and exported by everyone who may see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from chaos.domain.errors import Refused
from chaos.journal.record import append
from chaos.services import clusters
from gameday.people import services as people
from gameday.people.models import User
from gameday.people.roles import Act
from gameday.plans import references
from gameday.plans.compile import Document, check
from gameday.plans.models import Plan
from gameday.plans.problems import PlanRefused, Problem
from gameday.plans.schema import ordered
from gameday.plans.spec import PlanSpec
from gameday.plans.yaml_reader import read
from gameday.plans.yaml_writer import write


@dataclass(frozen=True, slots=True)
class Imported:
    """`digest_before` is empty for a new plan. Equal digests mean that approvals stand."""

    plan: Plan
    digest: str
    digest_before: str
    is_changed: bool

    @property
    def voids_approvals(self) -> bool:
        return bool(self.digest_before) and self.digest != self.digest_before


class OutOfDate(Refused):
    """What was edited is not the plan's latest version; `version` is."""

    def __init__(self, slug: str, version: int) -> None:
        super().__init__(
            f"{slug} is at version {version} by now; look at what changed before you store yours."
        )
        self.version = version


def plan(slug: str) -> Plan:
    """Raises Refused, naming the plans there are."""
    found = Plan.objects.filter(slug=slug).select_related("team", "cluster", "author", "last_editor").first()
    if not found:
        slugs = ", ".join(Plan.objects.values_list("slug", flat=True)[:20]) or "none yet"
        raise Refused(f"There is no plan {slug!r}; there are: {slugs}.", "plan")
    return found


def import_plan(data: bytes, name: str, by: User, now: datetime) -> Imported:
    """Store a plan file, as a new plan or as a new version of the one with its id.

    Raises PlanRefused with all that is wrong, each with line and column; Refused when `by` may not.
    """
    source = read(data, name)
    spec, problems = checked(source.document)
    if spec is None:
        raise source.refusal(problems)
    return store(spec, source.document, by, now)


def checked(document: object) -> tuple[PlanSpec | None, list[Problem]]:
    """The compiled plan, if it may be stored; else all that is wrong with the document."""
    spec, problems = check(document)
    if spec:
        problems = references.problems(spec)
    return (None if problems else spec), problems


def store(
    spec: PlanSpec, document: Document, by: User, now: datetime, based_on: int | None = None
) -> Imported:
    """Store a document that was `checked`. `based_on` is the version that was edited, 0 for a new plan.

    Raises OutOfDate when the plan is at another version by now; Refused when `by` may not.
    """
    people.require(by, Act.PLAN, people.team(spec.team))
    try:
        with transaction.atomic():
            return _store(spec, ordered(document), by, now, based_on)
    except IntegrityError as error:
        raise Refused(f"Somebody else stored {spec.slug} at the same moment; do it again.") from error


def export_plan(slug: str) -> str:
    """The plan as YAML; importing it changes nothing."""
    return write(plan(slug).document)


def _store(spec: PlanSpec, document: Document, by: User, now: datetime, based_on: int | None) -> Imported:
    found = Plan.objects.select_for_update().filter(slug=spec.slug).first()
    if based_on is not None and based_on != (found.version if found else 0):
        raise OutOfDate(spec.slug, found.version if found else 0)
    if found is None:
        found = Plan(slug=spec.slug, author=by, created_at=now, version=0, document={})
        before = ""
    else:
        people.require(by, Act.PLAN, found.team)
        if found.document == document:
            return Imported(found, spec.digest, spec.digest, False)
        before = _digest_before(found)
    found.document, found.title = document, spec.title
    found.opens_at, found.closes_at = spec.window.opens, spec.window.closes
    found.team, found.cluster_id = people.team(spec.team), clusters.find(spec.cluster).id
    found.version += 1
    found.last_editor, found.updated_at = by, now
    found.save()
    found.writers.add(by)
    imported = Imported(found, spec.digest, before, True)
    _record(imported, by, now)
    return imported


def _digest_before(plan: Plan) -> str:
    """The stored version's digest; a document of an older release that no longer compiles matches nothing."""
    try:
        return plan.compiled().digest
    except PlanRefused:
        return "none"


def _record(imported: Imported, by: User, now: datetime) -> None:
    """The whole text goes in: the journal is what a plan's history is read from."""
    plan = imported.plan
    text = f"{by} wrote version {plan.version} of {plan.title}."
    if imported.voids_approvals:
        text += " Approvals of earlier versions are void."
    append(
        plan.stream,
        "plan.imported",
        text,
        at=now,
        actor=by.username,
        actor_name=by.name,
        audience="organisers",
        body={"version": plan.version, "digest": imported.digest, "plan": write(plan.document)},
    )
