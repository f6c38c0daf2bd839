"""Gathering one game day out of plans, approvals, runs and the journal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.forms import model_to_dict

from chaos.domain import codec
from chaos.domain.sight import Reading
from chaos.journal import ORGANISATION, keys
from chaos.journal.checkpoints import checkpoint
from chaos.journal.verify import rows
from chaos.services import evidence_queries, glass
from chaos.services.evidence_queries import RunEvidence
from chaos.services.glass import Broken
from gameday.approvals import models as approvals
from gameday.debriefs.sources import (
    Acknowledgement,
    Approval,
    CheckpointSource,
    DaySource,
    Person,
    PlanSource,
    RunSource,
)
from gameday.people.models import User
from gameday.plans import services as plans
from gameday.plans.models import Plan
from gameday.plans.spec import PlanSpec


def gather(slug: str, now: datetime) -> tuple[DaySource, Ed25519PrivateKey]:
    """The day as recorded now, and the key that signed its checkpoint.

    Raises Refused when there is no such plan, PlanRefused when its document does not compile any more.
    """
    plan = plans.plan(slug)
    spec = plan.compiled()
    key = keys.signing_key()
    # The checkpoint first: what it covers can then be read without a lock.
    signed = checkpoint(now)
    covered = CheckpointSource(
        payload=signed.payload,
        signature=bytes.fromhex(signed.signature),
        key_id=signed.key_id,
        public_key=keys.public_pem(key.public_key()),
        at=signed.at,
        number=signed.number,
    )
    events = tuple(rows(plan.stream, up_to=covered.head(plan.stream)))
    runs = evidence_queries.runs_of(plan.stream)
    organisation = tuple(_naming(plan, runs, events, covered.head(ORGANISATION)))
    names = dict(User.objects.values_list("username", "name"))
    source = PlanSource(
        spec=spec,
        yaml=plans.export_plan(slug),
        document=plan.document,
        digest_document=codec.canonical(spec.digested),
        people=_people(spec, names),
        approvals=tuple(_approvals(plan)),
        acknowledgements=tuple(_acknowledgements(plan, spec)),
    )
    broken = glass.of_stream(plan.stream)
    told = tuple(_run(run, broken.get(run.run, ())) for run in runs)
    day = DaySource(source, told, events, organisation, covered, names)
    return day, key


def _run(run: RunEvidence, broken: tuple[Broken, ...]) -> RunSource:
    readings: dict[str, list[Reading]] = defaultdict(list)
    for reading in evidence_queries.readings_of(run.run):
        readings[reading.probe].append(reading)
    by_probe = {probe: tuple(found) for probe, found in readings.items()}
    return RunSource(run, by_probe, evidence_queries.alerts_of(run.run), broken)


def _naming(
    plan: Plan, runs: Iterable[RunEvidence], events: Iterable[Mapping[str, Any]], up_to: int
) -> Iterable[Mapping[str, Any]]:
    """The organisation's entries that name this plan, and halts that came while one of its runs was live."""
    ours = {run.run for run in runs}
    instants = [datetime.fromisoformat(row["at"]) for row in events if row["run"]]
    for row in rows(ORGANISATION, up_to=up_to):
        body = row["body"]
        at = datetime.fromisoformat(row["at"])
        is_named = plan.slug == body.get("plan") or plan.stream == body.get("stream") or row["run"] in ours
        is_halt = row["kind"].startswith("halt") and instants and min(instants) <= at <= max(instants)
        if is_named or is_halt:
            yield row


def _people(spec: PlanSpec, names: Mapping[str, str]) -> tuple[Person, ...]:
    return tuple(
        Person(username, names.get(username) or username, tuple(role.value for role in roles))
        for username, roles in spec.people.items()
    )


def _approvals(plan: Plan) -> Iterable[Approval]:
    for row in approvals.Approval.objects.filter(plan=plan).select_related("approver").order_by("at", "id"):
        record = model_to_dict(row) | {"plan": plan.slug, "approver": row.approver.username}
        yield Approval(
            by=row.approver.username,
            name=row.approver_name,
            at=row.at,
            decision=row.decision,
            comment=row.comment,
            digest=row.digest,
            record=record,
        )


def _acknowledgements(plan: Plan, spec: PlanSpec) -> Iterable[Acknowledgement]:
    """Each party that must be told, with its acknowledgements of this plan as it stands."""
    given = approvals.Acknowledgement.objects.filter(plan=plan, digest=spec.digest).select_related("by")
    said = {row.party: row for row in given}
    for party in spec.must_be_told:
        row = said.get(party.name)
        if row is None:
            yield Acknowledgement(party.name, party.why)
        else:
            yield Acknowledgement(party.name, party.why, row.by.username, row.by_name, row.at, row.digest)
