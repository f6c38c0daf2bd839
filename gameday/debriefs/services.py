"""Findings and action items: written by who was there, closed by who owns them, each with a journal entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from chaos.domain.errors import Refused
from chaos.journal.models import Audience, JournalEntry
from chaos.journal.queries import entries
from chaos.journal.record import append
from gameday.debriefs import audience
from gameday.debriefs.models import ActionItem, Finding, Severity
from gameday.people import services as people
from gameday.people.models import User
from gameday.people.roles import Act
from gameday.plans.audience import is_organiser
from gameday.plans.models import Plan
from gameday.web.prose import plain

LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class Learned:
    """What somebody says that was learned. `scenario` is a key of the plan, or empty for the whole day."""

    title: str
    severity: str
    text: str = ""
    scenario: str = ""


def add_finding(plan: Plan, learned: Learned, by: User, now: datetime) -> Finding:
    """Raises Refused, with the field that is wrong."""
    _check(plan, learned, by)
    return _new_finding(plan, learned, by, now, *audience.beginning(plan, learned.scenario))


def finding_from_note(plan: Plan, seq: int, severity: str, by: User, now: datetime) -> Finding:
    """Turn a note of the timeline into a finding; twice gives the one that is there. Raises Refused.

    What was noted for the organisers stays theirs, for as long as the note does.
    """
    known = Finding.objects.filter(plan=plan, note_seq=seq).first()
    if known:
        return known
    note = _note(plan, seq)
    if note is None:
        raise Refused(f"There is no note number {seq} in the timeline of {plan}.", "note")
    said = note.text.strip()
    title = next(filter(None, map(plain, said.splitlines())), said)
    title = title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1] + "…"
    text = f"Noted by {note.actor_name or note.actor} at {note.at:%H:%M:%S} UTC."
    head, _, more = said.partition("\n")
    rest = more.strip() if head == title else said
    text = f"{rest}\n\n{text}" if rest else text
    learned = Learned(title, severity, text, note.scenario)
    _check(plan, learned, by)
    try:
        return _new_finding(plan, learned, by, now, note.audience, note.run, seq)
    except IntegrityError:  # somebody else was a moment faster
        return Finding.objects.get(plan=plan, note_seq=seq)


def change_finding(finding: Finding, learned: Learned, by: User, now: datetime) -> Finding:
    """Correct what was written; what it said before stays in the journal. Raises Refused."""
    plan = finding.plan
    _check(plan, learned, by)
    before = _facts(finding)
    with transaction.atomic():
        finding.title, finding.severity = learned.title.strip(), learned.severity
        if finding.scenario != learned.scenario:
            finding.audience, finding.run = _about(finding, learned.scenario)
        finding.text, finding.scenario = learned.text.strip(), learned.scenario
        finding.save()
        if before != _facts(finding):
            body = {"finding": finding.pk, "before": before, **_facts(finding)}
            _record(finding, "finding.changed", f"{by} changed the finding: {finding.title}", by, now, body)
    return finding


def add_action(finding: Finding, text: str, owner: str, due: date, by: User, now: datetime) -> ActionItem:
    """Somebody will do something about it by `due`. Raises Refused, with the field that is wrong."""
    plan = finding.plan
    _require(plan, by)
    if not text.strip():
        raise Refused("Say what will be done.", "text")
    if due < now.date():
        raise Refused(f"{due:%d %B %Y} has passed; choose a day from today on.", "due")
    who = people.person(owner)
    if audience.kept(pk=finding.pk) and not is_organiser(who, plan):
        raise Refused(f"{who} may not know of this finding yet; give it to one of the organisers.", "owner")
    with transaction.atomic():
        action = ActionItem.objects.create(finding=finding, text=text.strip(), owner=who, due=due, at=now)
        said = f"{by} gave {who} an action item, due {due:%d %B %Y}: {action.text}"
        body = {"finding": finding.pk, "action": action.pk, "owner": owner, "due": due.isoformat()}
        _record(finding, "action.added", said, by, now, body)
    return action


def close_action(action: ActionItem, note: str, by: User, now: datetime) -> ActionItem:
    """It is done; its owner says so, or whoever may write findings. Closing it twice changes nothing."""
    plan = action.finding.plan
    if by.pk != action.owner_id:
        _require(plan, by)
    with transaction.atomic():
        fresh = ActionItem.objects.filter(pk=action.pk, done_at=None).update(
            done_at=now, done_by=by, done_note=note.strip()
        )
        if fresh:
            said = f"{by} closed the action item: {action.text}" + (
                f" ({note.strip()})" if note.strip() else ""
            )
            body = {"action": action.pk, "note": note.strip()}
            _record(action.finding, "action.closed", said, by, now, body)
    action.refresh_from_db()
    return action


def reopen_action(action: ActionItem, by: User, now: datetime) -> ActionItem:
    """It was not done after all. Raises Refused."""
    plan = action.finding.plan
    if by.pk != action.owner_id:
        _require(plan, by)
    with transaction.atomic():
        fresh = ActionItem.objects.filter(pk=action.pk).exclude(done_at=None)
        if fresh.update(done_at=None, done_by=None, done_note=""):
            said = f"{by} opened the action item again: {action.text}"
            _record(action.finding, "action.reopened", said, by, now, {"action": action.pk})
    action.refresh_from_db()
    return action


def _note(plan: Plan, seq: int | None) -> JournalEntry | None:
    return entries(plan.stream).filter(seq=seq, kind="note").first() if seq else None


def _about(finding: Finding, scenario: str) -> tuple[str, str]:
    """Whose a finding becomes when it is about another scenario, and of which run it is then."""
    note = _note(finding.plan, finding.note_seq)
    whose, run = audience.beginning(finding.plan, scenario)
    return (note.audience, note.run) if note and whose != Audience.ORGANISERS.value else (whose, run)


def _new_finding(
    plan: Plan, learned: Learned, by: User, now: datetime, whose: str, run: str, note_seq: int | None = None
) -> Finding:
    with transaction.atomic():
        finding = Finding.objects.create(
            plan=plan, scenario=learned.scenario, run=run, title=learned.title.strip(),
            text=learned.text.strip(), severity=learned.severity, audience=whose, note_seq=note_seq,
            by=by, at=now,
        )  # fmt: skip
        body = {"finding": finding.pk, "note": note_seq, **_facts(finding)}
        _record(finding, "finding.added", f"{by} recorded a finding: {finding.title}", by, now, body)
    return finding


def _check(plan: Plan, learned: Learned, by: User) -> None:
    _require(plan, by)
    if not learned.title.strip():
        raise Refused("Say in one line what was learned.", "title")
    if len(learned.title.strip()) > LONGEST_TITLE:
        raise Refused(
            f"The title is longer than {LONGEST_TITLE} characters; the rest belongs below.", "title"
        )
    if learned.severity not in Severity.values:
        raise Refused(f"There is no severity {learned.severity!r}: {', '.join(Severity.values)}.", "severity")
    if learned.scenario:
        plan.compiled().scenario(learned.scenario)


def _require(plan: Plan, by: User) -> None:
    people.require(by, Act.DEBRIEF, plan.team, plan.day_roles(by.username))


def _facts(finding: Finding) -> dict[str, Any]:
    return {name: getattr(finding, name) for name in ("title", "severity", "text", "scenario")}


def _record(finding: Finding, kind: str, text: str, by: User, now: datetime, body: Mapping[str, Any]) -> None:
    """For the organisers while the finding is: with its run, at whose end everybody is told."""
    whose = {"audience": Audience.ORGANISERS.value, "run": finding.run, "scenario": finding.scenario}
    append(
        finding.plan.stream, kind, text, at=now, actor=by.username, actor_name=by.name, body=body,
        **(whose if audience.kept(pk=finding.pk) else {}),
    )  # fmt: skip
