"""Taking a halt off again: by name, with a reason and, where that is asked for, by two people."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import Error, transaction
from django.db.models import Max

from chaos.domain.errors import GamedayError, Refused, Transient
from chaos.journal import ORGANISATION
from chaos.journal.models import JournalEntry
from chaos.journal.record import append, lock
from chaos.models import Contact as ContactRow
from chaos.models import Halt
from chaos.ports import Cluster

ASKED_LASTS = timedelta(hours=1)
"""How long the word of the first of two people counts."""
ASKED, RELEASED = "halt.release_asked", "halt.released"


@dataclass(frozen=True, slots=True)
class Released:
    """`on_record`: how many halts were released. `waits`: nothing is released yet, a second person has to."""

    on_record: int = 0
    waits: bool = False


def release(
    by: str,
    reason: str,
    ports: Mapping[str, Cluster],
    now: datetime,
    cluster: str = "",
    takes_two: bool = False,
) -> Released:
    """Release what holds everything, or with `cluster` what holds that one; recorded first, then done. Safe
    to repeat. A cluster that is held by itself too stays so until it is released by its name.

    None on record is no reason to refuse: a halt without the database is held by the clusters' levers alone.
    With `takes_two` the first who asks only asks, and somebody else has to within `ASKED_LASTS`; a halt that
    is pulled in between asks both again.

    Raises Refused without a reason, for a cluster that is not among `ports` or is halted with all others, and
    Transient where a lever stays: what is on record and every other lever is released then.
    """
    if not reason.strip():
        raise Refused("A release needs a reason.", "reason")
    if cluster and cluster not in ports:
        raise Refused(f"There is no cluster {cluster!r}; there are: {', '.join(ports) or 'none'}.", "cluster")
    body = {"cluster": cluster}
    what = f"the halt of {cluster}" if cluster else "the halt"
    with transaction.atomic():
        lock(ORGANISATION)  # a halt that is pulled at this moment comes before or after, not in between
        held = Halt.objects.filter(released_at=None)
        if cluster and held.filter(cluster=None).exists():
            text = f"Everything is halted, and {cluster} with it: that halt has to be released."
            raise Refused(text, "cluster")
        others = {*held.exclude(cluster=None).values_list("cluster__name", flat=True)} - {cluster}
        held = held.filter(cluster__name=cluster) if cluster else held.filter(cluster=None)
        if takes_two and not _somebody_else_asked(by, cluster, now):
            text = f"{by} asks for somebody else to release {what} too: {reason}"
            append(
                ORGANISATION, ASKED, text, at=now, actor=by, actor_name=by, body={**body, "reason": reason}
            )
            return Released(waits=True)
        count = held.update(released_at=now, released_by=by, release_reason=reason)
        text = f"{by} released {what}: {reason}"
        append(
            ORGANISATION, RELEASED, text, at=now, actor=by, actor_name=by, body={**body, "on_record": count}
        )
    _take_off({name: port for name, port in ports.items() if cluster in ("", name) and name not in others})
    return Released(count)


def _take_off(ports: Mapping[str, Cluster]) -> None:
    """The levers of these clusters. One that stays keeps no other: raises Transient then, with what holds."""
    kept: dict[str, str] = {}
    for name, port in ports.items():
        try:
            port.release_lever()
        except GamedayError as error:
            kept[name] = str(error)
            continue
        with suppress(Error):  # that it is up is seen at the next look as well
            ContactRow.objects.filter(cluster__name=name).update(lever="")
    if kept:
        off = ", ".join(name for name in ports if name not in kept)
        done = f"Released on record and on {off}" if off else "Released on record"
        why = " ".join(f"{name}: {error}" for name, error in kept.items())
        raise Transient(
            f"{done}. STILL HELD, as the lever there could not be taken off: {', '.join(kept)}. Release it "
            f"again. {why}"
        )


def released_since(at: datetime, cluster: str) -> bool:
    """Whether somebody released everything from then on, or with `cluster` that one. It stands in the journal
    alone where what was released was on no record."""
    entries = JournalEntry.objects.filter(stream__name=ORGANISATION, kind=RELEASED, at__gte=at)
    return any(entry.body["cluster"] in ("", cluster) for entry in entries)


@dataclass(frozen=True, slots=True)
class Asked:
    """The word of the first of two people: what is to be released (no cluster: everything), and until when
    somebody else can do it."""

    cluster: str
    by: str
    reason: str
    at: datetime
    until: datetime


def asked(now: datetime) -> list[Asked]:
    """Whose word counts now, for what; the newest of each. It stands in the journal, and nowhere else."""
    asks = {(entry.body["cluster"], entry.actor): entry for entry in _asks(now)}
    return [
        Asked(cluster, by, entry.body.get("reason", ""), entry.at, entry.at + ASKED_LASTS)
        for (cluster, by), entry in asks.items()
    ]


def _somebody_else_asked(by: str, cluster: str, now: datetime) -> bool:
    return any(entry.body["cluster"] == cluster and entry.actor != by for entry in _asks(now))


def _asks(now: datetime) -> list[JournalEntry]:
    """Within their time, since the last release, and each since the newest halt of what it is about."""
    entries = JournalEntry.objects.filter(stream__name=ORGANISATION)
    released_at = entries.filter(kind=RELEASED).aggregate(at=Max("at"))["at"]
    since = max(filter(None, [now - ASKED_LASTS, released_at]))
    held = Halt.objects.filter(released_at=None).values_list("cluster__name").annotate(at=Max("at"))
    newest = {name or "": at for name, at in held}
    found = entries.filter(kind=ASKED, at__gte=since).order_by("seq")
    return [entry for entry in found if entry.at >= newest.get(entry.body["cluster"], since)]
