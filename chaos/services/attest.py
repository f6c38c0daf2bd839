"""People's words during a run: manual faults attested, notes, milestones."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from django.db import transaction

from chaos.domain import codec
from chaos.domain.errors import Refused
from chaos.domain.injection import InverseKind, Progress
from chaos.domain.states import RunState
from chaos.journal.record import append
from chaos.models import Run, Word
from chaos.models.run import LIVE


class Milestone(StrEnum):
    DETECTED = "detected"
    ACKNOWLEDGED = "acknowledged"
    MITIGATED = "mitigated"
    RECOVERED = "recovered"


def attest(run: str, word: str, by: str, note: str, at: datetime, name: str = "") -> None:
    """Take a person's word, once, that a manual fault is injected or reverted. Raises Refused.

    `by` is a username, `name` what people call them.
    """
    with transaction.atomic():
        row = Run.objects.select_for_update().get(pk=run)
        _check(row, word)
        Word.objects.create(run=row, word=word, at=at, by=by, note=note)
        text = f"{name or by} says that the fault is {word}" + (f": {note}" if note else ".")
        append(
            row.stream,
            "run.word",
            text,
            at=at,
            actor=by,
            actor_name=name or by,
            audience="organisers",
            scenario=row.scenario,
            run=run,
            body={"word": word},
        )


def _check(row: Run, word: str) -> None:
    """What is refused names no scenario: whoever asks may not know yet which one it is."""
    if word not in ("injected", "reverted"):
        raise Refused(f"{word!r} is no word about a fault; say injected or reverted.", "word")
    if row.state not in LIVE:
        raise Refused(f"The run is over ({row.state}); there is nothing left to attest.", "run")
    manual = [item for item in row.injections.all() if item.plan["inverse"] == InverseKind.PERSON.value]
    if not manual:
        raise Refused("No fault of this run is injected by hand.", "run")
    asked = any(codec.from_plain(Progress, item.progress).requested_at for item in manual)
    if not asked:
        raise Refused(f"Nobody has been asked to inject yet; the run is {row.state}.", "word")
    if word == "injected" and (row.state != RunState.INJECTING.value or row.stop_wanted_at):
        raise Refused("It is too late to inject: the run is stopping. Undo it and say so.", "word")
    if word == "injected" and row.words.filter(word="reverted").exists():
        raise Refused("It was said to be undone already; what is injected now would never be.", "word")
    given = row.words.filter(word=word).first()
    if given:
        raise Refused(f"{given.by} said so already, at {given.at:%H:%M:%S} UTC.", "word")


def note(
    stream: str,
    text: str,
    by: str,
    at: datetime,
    run: str = "",
    scenario: str = "",
    name: str = "",
    audience: str = "everyone",
) -> None:
    """A line on the timeline. Raises Refused for an empty one."""
    if not text.strip():
        raise Refused("A note needs a few words.", "text")
    with transaction.atomic():
        append(
            stream,
            "note",
            text.strip(),
            at=at,
            actor=by,
            actor_name=name or by,
            audience=audience,
            run=run,
            scenario=scenario,
        )


def milestone(run: str, reached: Milestone, by: str, at: datetime, name: str = "") -> None:
    """The people's clock: when it was detected, acknowledged, mitigated, recovered."""
    with transaction.atomic():
        row = Run.objects.get(pk=run)
        append(
            row.stream,
            "milestone",
            f"{name or by} marks it {reached.value}.",
            at=at,
            actor=by,
            actor_name=name or by,
            scenario=row.scenario,
            run=run,
            body={"milestone": reached.value},
        )


def latest_run(stream: str, scenario: str) -> str:
    """The newest run of a scenario. Raises Refused when it never ran."""
    row = Run.objects.filter(stream=stream, scenario=scenario).order_by("-launched_at").first()
    if row is None:
        raise Refused(f"{scenario} has not been launched yet.", "scenario")
    return str(row.pk)
