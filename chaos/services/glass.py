"""Breaking the glass: a finalizer taken off an engine, measured first, on record, and reviewed afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from chaos.domain import codec
from chaos.domain.errors import GamedayError, Refused
from chaos.domain.left import Left
from chaos.domain.measured import Measured, Part
from chaos.domain.proof import left, measured
from chaos.domain.record import ORGANISERS, RunRecord
from chaos.domain.run import RunView
from chaos.domain.sight import ClusterSight, Residue, ResidueKind
from chaos.domain.states import RunState
from chaos.journal import ORGANISATION
from chaos.journal.record import append, storable
from chaos.models import Run, Strip
from chaos.ports import Ports, RunRef
from chaos.services.acts import LATE_CREATE
from chaos.services.perceive import view_of

GRANT_HOLDS = timedelta(seconds=10)
"""For how long after it was read a grant may still be acted upon, as whoever starts a fault has it."""
LANDS_WITHIN = LATE_CREATE + GRANT_HOLDS
"""How long after reverting began a create that got no answer may still land."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who breaks it, or looks at it afterwards: a username, and what people call them."""

    username: str
    name: str


@dataclass(frozen=True, slots=True)
class Held:
    """An engine that only a finalizer keeps, and what was measured of its run, for each injection."""

    engine: Residue
    finalizer: str
    proof: tuple[tuple[Measured, ...], ...]


def strip(run: str, engine: str, by: Person, reason: str, ports: Ports) -> Broken:
    """Take the finalizer off the run's engine of this name, once all that its run did is measured to be gone.

    It is recorded before it is done. Raises Refused without a reason, for an engine that no finalizer holds,
    and while anything else of the run is left, in a sentence that says what; whatever the cluster raises that
    does not take it, which is then on record too; StoreUnavailable when the run cannot be read.
    """
    if not reason.strip():
        raise Refused("Say why: it is reviewed by somebody else afterwards.", "reason")
    held = verify(run, engine, ports)
    row = _recorded(run, held, by, reason.strip(), ports.clock.now())
    try:
        ports.cluster.strip(held.engine, held.finalizer)
    except GamedayError as error:
        _ended(row, f"The finalizer of {engine} was not taken off: {error}", ports.clock.now(), str(error))
        raise
    _ended(row, f"The finalizer of {engine} is off; the API server has taken it.", ports.clock.now())
    return _broken(row)


def verify(run: str, engine: str, ports: Ports) -> Held:
    """Look now, and refuse unless this engine, held by one finalizer, is all that is left of the run.

    It takes two looks. One reads nodes and targets first and helpers after: what a helper did before it ended
    in between, only a look shows that began once no helper was seen.
    """
    record, ref = ports.store.load(run), ports.store.ref(run)
    if record.state is not RunState.REVERTING and not record.state.is_final:
        raise Refused(f"The run is still under way ({record.state.value}). Stop it first.", "run")
    _refuse_while_one_may_land(record, ports.clock.now())
    _all_that_is_left(record, engine, *_looked(record, ref, ports))
    view, sight = _looked(record, ref, ports)
    held = _all_that_is_left(record, engine, view, sight)
    proof = tuple(
        _without_own(measured(view, injection, sight, record.state_since)) if progress.requested_at else ()
        for injection, progress in zip(record.injections, record.progress, strict=True)
    )
    return Held(held, held.finalizers[0], proof)


def _refuse_while_one_may_land(record: RunRecord, now: datetime) -> None:
    """What keeps a create whose answer was lost from landing is the name, which the held engine has: the API
    server refuses a second one. With the engine gone there is room for it."""
    until = (record.marks.ended_at or record.state_since) + LANDS_WITHIN
    lost = [
        injection.name
        for injection, progress in zip(record.injections, record.progress, strict=True)
        if injection.experiment and progress.requested_at and not progress.answered_at
    ]
    if lost and now < until:
        raise Refused(
            f"Not yet: creating {', '.join(lost)} got no answer, and may still land until "
            f"{until:%Y-%m-%d %H:%M:%S} UTC. Till then its name is kept taken: the finalizer stays.",
            "engine",
        )


def _all_that_is_left(record: RunRecord, engine: str, view: RunView, sight: ClusterSight) -> Residue:
    """The engine, if one finalizer keeps it and this look shows nothing else of the run. Raises Refused."""
    held = next((item for item in sight.residue if _is_engine(item, engine)), None)
    if held is None:
        raise Refused(f"No engine {engine} of this run is in the cluster; nothing has to be done.", "engine")
    if len(held.finalizers) != 1:
        by = " and ".join(held.finalizers) or "by no finalizer, or is not on its way out"
        raise Refused(f"{engine} is held {by}; only an engine that one finalizer keeps is freed.", "engine")
    there = [item for item in left(view, sight, record.state_since) if not item.is_held_engine]
    if there:
        raise Refused(f"Not yet: {_list(there)}. The finalizer stays until that is gone.", "engine")
    return held


def _looked(record: RunRecord, ref: RunRef, ports: Ports) -> tuple[RunView, ClusterSight]:
    """The run as a driver would see it now, with a fresh answer of each probe that proves something."""
    view = view_of(record, ports.clock.now())
    sight = ports.cluster.look(ref, record.injections)
    if sight.unseen:
        raise Refused(f"The cluster cannot be seen, so nothing can be measured: {sight.unseen}", "engine")
    proving = {injection.postcondition.probe for injection in record.injections}
    tallies = dict(view.tallies)
    for name in proving & tallies.keys():
        tallies[name] = tallies[name].fold(ports.probes.read(tallies[name].probe))
    return replace(view, sight=sight, seen=sight, tallies=tallies), sight


def _is_engine(item: Residue, name: str) -> bool:
    return item.kind is ResidueKind.ENGINE and item.name == name


def _list(there: Sequence[Left]) -> str:
    return "; ".join(item.sentence for item in there)


def _without_own(found: Sequence[Measured]) -> tuple[Measured, ...]:
    """The held engine itself is still there: that none of ours is left is for the run's driver to measure."""
    return tuple(item for item in found if item.part is not Part.OWN)


def _recorded(run: str, held: Held, by: Person, reason: str, at: datetime) -> Strip:
    with transaction.atomic():
        row = Strip.objects.create(
            run=Run.objects.select_for_update().get(pk=run),
            namespace=held.engine.namespace,
            engine=held.engine.name,
            uid=held.engine.uid,
            finalizer=held.finalizer,
            at=at,
            by=by.username,
            by_name=storable(by.name),
            reason=storable(reason),
            measured=storable(codec.to_plain(held.proof)),
        )
        text = (
            f"{by.name} breaks the glass: takes {held.finalizer} off the engine {held.engine.name}. {reason}"
        )
        body = {"strip": row.pk, "engine": row.engine, "uid": row.uid, "finalizer": row.finalizer}
        _journal(row, "glass.broken", text, at, by, {**body, "measured": codec.to_plain(held.proof)})
    return row


def _ended(row: Strip, text: str, at: datetime, failure: str = "") -> None:
    row.failure = storable(failure)
    row.done_at = None if failure else at
    with transaction.atomic():
        row.save(update_fields=["done_at", "failure"])
        _journal(row, "glass.failed" if failure else "glass.done", text, at, Person(row.by, row.by_name))


def review(number: int, by: Person, note: str, at: datetime) -> Broken:
    """Somebody else has looked at it. Raises Refused for who did it, without a note, and a second time."""
    if not note.strip():
        raise Refused("Say what you found; an empty review is none.", "note")
    with transaction.atomic():
        row = Strip.objects.select_for_update().filter(pk=number).first()
        if row is None:
            raise Refused(f"Nothing with the number {number} waits for a review.", "strip")
        if row.by == by.username:
            raise Refused("Whoever broke the glass does not review it; somebody else has to.", "strip")
        if row.reviewed_at:
            when = f"{row.reviewed_at:%Y-%m-%d %H:%M:%S} UTC"
            raise Refused(f"{row.reviewed_by_name} reviewed it already, at {when}.", "strip")
        row.reviewed_at, row.review = at, storable(note.strip())
        row.reviewed_by, row.reviewed_by_name = by.username, storable(by.name)
        row.save(update_fields=["reviewed_at", "reviewed_by", "reviewed_by_name", "review"])
        text = f"{by.name} reviewed that {row.by_name} took the finalizer off {row.engine}: {row.review}"
        _journal(row, "glass.reviewed", text, at, by, {"strip": row.pk})
    return _broken(row)


@dataclass(frozen=True, slots=True)
class Broken:
    """One time that the glass was broken. Neither `done_at` nor `failure`: nobody knows whether it went
    through. It waits for somebody else's look until `reviewed_at`."""

    number: int
    run: str
    namespace: str
    engine: str
    finalizer: str
    at: datetime
    by: str
    by_name: str
    reason: str
    done_at: datetime | None
    failure: str
    reviewed_at: datetime | None
    reviewed_by: str
    reviewed_by_name: str
    review: str


def of_run(run: str) -> tuple[Broken, ...]:
    """Every time that the glass was broken for this run, oldest first."""
    return tuple(map(_broken, Strip.objects.filter(run_id=run)))


def of_stream(stream: str) -> dict[str, tuple[Broken, ...]]:
    """The same for every run of a plan, by run."""
    found: dict[str, tuple[Broken, ...]] = {}
    for row in Strip.objects.filter(run__stream=stream):
        found[str(row.run_id)] = (*found.get(str(row.run_id), ()), _broken(row))
    return found


def unreviewed() -> tuple[Broken, ...]:
    """What still waits for somebody else's look, oldest first."""
    return tuple(map(_broken, Strip.objects.filter(reviewed_at=None)))


def _broken(row: Strip) -> Broken:
    return Broken(
        number=row.pk,
        run=str(row.run_id),
        namespace=row.namespace,
        engine=row.engine,
        finalizer=row.finalizer,
        at=row.at,
        by=row.by,
        by_name=row.by_name,
        reason=row.reason,
        done_at=row.done_at,
        failure=row.failure,
        reviewed_at=row.reviewed_at,
        reviewed_by=row.reviewed_by,
        reviewed_by_name=row.reviewed_by_name,
        review=row.review,
    )


def _journal(
    row: Strip, kind: str, text: str, at: datetime, by: Person, body: dict[str, Any] | None = None
) -> None:
    """On the run's timeline for its organisers, and in the organisation's stream for whoever audits."""
    who: dict[str, Any] = {"actor": by.username, "actor_name": by.name, "run": str(row.run_id), "body": body}
    append(row.run.stream, kind, text, at=at, audience=ORGANISERS, scenario=row.run.scenario, **who)
    append(ORGANISATION, kind, text, at=at, **who)
