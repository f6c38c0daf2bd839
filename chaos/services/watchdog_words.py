"""What the watchdog in a cluster did while Gameday was away, taken into the journal once Gameday is back.

It is the watchdog's word and is marked as that; whether a fault is gone is measured by Gameday all the same.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db import transaction

from chaos.domain import codec
from chaos.journal import ORGANISATION
from chaos.journal.models import JournalEntry
from chaos.journal.record import append, lock
from chaos.models import Run
from chaos.ports import Told
from chaos.services.clusters import installation

ACTOR, ACTOR_NAME = "gameday-watchdog", "The watchdog in the cluster"
KIND = "watchdog."
MARK = "It is the watchdog's own word, put on record late."


def take(name: str, words: Iterable[Told]) -> list[str]:
    """Take what the watchdog of the cluster `name` left word of into the journal: the sentences that are new.

    Each goes into the stream of the run whose grant it ended, with the watchdog's own instant, or without a
    grant into the organisation's. Safe to repeat, also beside another. Raises what the
    database raises.
    """
    ours = installation()
    taken = (_take(name, told) for told in words if told.installation in ("", ours))
    return [text for text in taken if text]


def _take(cluster: str, told: Told) -> str:
    run = _run(told.run)
    stream, scenario, pk = (run.stream, run.scenario, str(run.pk)) if run else (ORGANISATION, "", "")
    if _is_on_record(stream, pk, told):
        return ""
    text = f"{ACTOR_NAME}: {told.text}" if run else f"{ACTOR_NAME} {cluster}: {told.text}"
    with transaction.atomic():
        lock(stream)  # so that of two who take it one finds it there
        if _is_on_record(stream, pk, told):
            return ""
        append(
            stream,
            f"{KIND}{told.reason.lower() or 'said'}",
            f"{text} {MARK}",
            at=told.at,
            actor=ACTOR,
            actor_name=ACTOR_NAME,
            scenario=scenario,
            run=pk,
            body=codec.to_plain({"told_by": ACTOR, "cluster": cluster, "event": told.uid, "is_late": True}),
        )
    return text


def _is_on_record(stream: str, run: str, told: Told) -> bool:
    there = JournalEntry.objects.filter(stream__name=stream, run=run, at=told.at, actor=ACTOR)
    return any(entry.body.get("event") == told.uid for entry in there)


def _run(name: str) -> Run | None:
    """None for a run that this Gameday does not know, or that is none."""
    try:
        return Run.objects.filter(pk=uuid.UUID(name)).first()
    except ValueError:
        return None
