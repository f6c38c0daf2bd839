"""The store port on Django's database. Every write is conditional on the driver's fence."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import DatabaseError, InterfaceError, close_old_connections, connection, transaction
from django.db.models import F, Q

from chaos.domain import codec
from chaos.domain.errors import StoreUnavailable
from chaos.domain.injection import Injection, Progress
from chaos.domain.left import Left, is_other
from chaos.domain.record import Change, Event, RunRecord, Signals
from chaos.domain.run import Marks, Stop
from chaos.domain.spec import RunSpec
from chaos.domain.states import FINAL, RunState
from chaos.journal.checkpoints import sign_an_end
from chaos.journal.record import append, storable
from chaos.models import Run, RunInjection, SampleChunk
from chaos.models.run import LIVE
from chaos.ports import RunRef
from chaos.services import rows, stop_record, words
from chaos.services.clusters import installation
from chaos.services.patience import hung_up_after
from chaos.services.run_ids import rows_named

LEASE = timedelta(seconds=15)
_FINAL = {state.value for state in FINAL}
OVERDUE = timedelta(seconds=2)
"""How long a run that nobody has taken up is left to the ring that it was launched with."""


WITHIN, LOADED_WITHIN = timedelta(seconds=5), timedelta(seconds=30)
"""How long a driver waits for a database that hangs, its fault being live: then it counts as away."""


@contextmanager
def _reaching(within: timedelta | None = None) -> Iterator[None]:
    """Whatever the database cannot do, in time too, is StoreUnavailable; a broken connection is not kept."""
    try:
        with hung_up_after(within or WITHIN):
            yield
    except (DatabaseError, InterfaceError, OSError) as error:
        if not connection.in_atomic_block:
            connection.close()
        raise StoreUnavailable(f"The database cannot be used: {error}") from error


class DjangoStore:
    """See chaos.ports.Store. Safe to use from several threads: Django keeps a connection for each."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now

    def claim(self, run: str, owner: str, now: datetime) -> int | None:
        with _reaching(), transaction.atomic():
            free = Q(lease_until=None) | Q(lease_until__lt=now) | Q(owner=owner)
            taken = Run.objects.filter(free, pk=run, state__in=LIVE).update(
                owner=owner, lease_until=now + LEASE, fence=F("fence") + 1
            )
            return Run.objects.values_list("fence", flat=True).get(pk=run) if taken else None

    def renew(self, run: str, fence: int, now: datetime) -> bool:
        with _reaching():
            return bool(Run.objects.filter(pk=run, fence=fence).update(lease_until=now + LEASE))

    def release(self, run: str, fence: int) -> None:
        with _reaching():
            Run.objects.filter(pk=run, fence=fence).update(lease_until=None, owner="")

    def rest(self) -> None:
        close_old_connections()

    def signals(self, run: str) -> Signals:
        with _reaching():
            now = self._now()
            return rows.signals_of(Run.objects.select_related("cluster").get(pk=run), now)

    def load(self, run: str) -> RunRecord:
        with _reaching(LOADED_WITHIN):
            now = self._now()
            row = Run.objects.select_related("cluster").prefetch_related("words").get(pk=run)
            injections = list(row.injections.all())
            return RunRecord(
                run=str(row.pk),
                installation=installation(),
                spec=codec.from_plain(RunSpec, row.spec),
                spec_digest=row.spec_digest,
                state=RunState(row.state),
                state_since=row.state_since,
                not_after=row.not_after,
                marks=codec.from_plain(Marks, row.marks),
                signals=rows.signals_of(row, now),
                injections=tuple(codec.from_plain(Injection, item.plan) for item in injections),
                progress=tuple(codec.from_plain(Progress, item.progress) for item in injections),
                readings=rows.readings_of(row),
                ceiling=row.ceiling,
            )

    def record(self, run: str, fence: int, change: Change) -> bool:
        with _reaching(), transaction.atomic():
            row = Run.objects.select_for_update().filter(pk=run, fence=fence).first()
            if row is None or (change.moved and row.state != change.moved[0].value):
                return False
            _refuse_a_start(row, change)
            _write(row, change)
        if change.moved and change.moved[1].is_final:
            sign_an_end(change.at)
        return True

    def ref(self, run: str) -> RunRef:
        with _reaching():
            return _ref(*Run.objects.values_list("pk", "scenario").get(pk=run))

    def installation(self) -> str:
        with _reaching():
            return installation()

    def live(self) -> Mapping[str, RunRef]:
        with _reaching():
            found = [_ref(*row) for row in Run.objects.filter(state__in=LIVE).values_list("pk", "scenario")]
            return {ref.run: ref for ref in found}

    def overdue(self, now: datetime) -> Sequence[str]:
        nobody = Q(lease_until__lt=now) | Q(lease_until=None, state_since__lt=now - OVERDUE)
        with _reaching():
            found = Run.objects.filter(nobody, state__in=LIVE).values_list("pk", flat=True)
            return [str(run) for run in found]

    def over(self, runs: Collection[str]) -> Mapping[str, str]:
        with _reaching():
            found = {given: _named(given) for given in runs}
        return {given: str(row.pk) for given, row in found.items() if row and row.state in _FINAL}

    def late(self, cluster: str) -> Sequence[tuple[str, datetime]]:
        with _reaching():
            found = Run.objects.filter(cluster__name=cluster).exclude(late_since=None)
            rows_of = found.values_list("pk", "late_since")
            return [(str(run), since) for run, since in rows_of if since]

    def note_late(
        self,
        run: str,
        at: datetime,
        left: Sequence[Left],
        events: Sequence[Event],
        progress: Sequence[Progress] = (),
    ) -> None:
        with _reaching(), transaction.atomic():
            row = Run.objects.select_for_update().get(pk=run, state__in=_FINAL)
            since = (row.late_since or at) if left else None
            is_news = not left or is_other(left, rows.left_of(row))
            Run.objects.filter(pk=run).update(late_since=since, residue=storable(codec.to_plain(tuple(left))))
            _write_injections(row, Change(at, progress=tuple(progress)))
            _append(row, events if is_news else ())

    def want_stop(self, runs: Sequence[str], stop: Stop, within: timedelta | None = None) -> int:
        return stop_record.want_stop(runs, stop, within)


def _refuse_a_start(row: Run, change: Change) -> None:
    """Nothing is intended any more once a stop is latched or a lever is down. Its driver hears of it next."""
    fresh = [item.index for item in change.progress if item.requested_at == change.at]
    if not fresh:
        return
    why = row.stop_reason if row.stop_wanted_at else rows.lever_of(row.cluster_id)
    if why and RunInjection.objects.filter(run=row, index__in=fresh, progress__requested_at=None).exists():
        raise StoreUnavailable(f"Nothing starts any more: {why}")


def _named(given: str) -> Run | None:
    """By its id or the beginning of it. Labels are what somebody may have written by hand."""
    rows = rows_named(given)
    return rows[0] if len(rows) == 1 else None


def _ref(run: UUID, scenario: str) -> RunRef:
    return RunRef(str(run), installation(), scenario)


def _write(row: Run, change: Change) -> None:
    fields: dict[str, Any] = {}
    if change.moved:
        fields |= {"state": change.moved[1].value, "state_since": change.at}
        if change.moved[1].is_final:
            fields |= {"lease_until": None, "owner": ""}
    if change.stop and row.stop_wanted_at is None:
        stop = change.stop
        fields |= {
            "stop_wanted_at": stop.at,
            "stop_kind": stop.kind.value,
            "stop_reason": storable(stop.reason),
            "stopped_by": stop.by,
        }
    for name in ("marks", "outcomes", "residue"):
        value = getattr(change, name)
        if value is not None:
            fields["findings" if name == "outcomes" else name] = storable(codec.to_plain(value))
    if change.verdict:
        fields["verdict"] = change.verdict.value
    if fields:
        Run.objects.filter(pk=row.pk).update(**fields)
    _write_injections(row, change)
    SampleChunk.objects.bulk_create(rows.chunks_of(row, change.readings, change.alerts))
    _append(row, _told(row, change))


def _append(row: Run, events: Iterable[Event]) -> None:
    for event in events:
        append(
            row.stream,
            event.kind,
            event.text,
            at=event.at,
            audience=event.audience,
            scenario=row.scenario,
            run=str(row.pk),
            body=event.body,
        )


def _told(row: Run, change: Change) -> Iterable[Event]:
    """Without a reason to stop that a person's Stop, written down meanwhile, is the cause of."""
    known = rows.stop_of(row)
    if known and change.stop and known.explains(change.stop):
        return [event for event in change.events if event.kind != words.STOP_WANTED]
    return change.events


def _write_injections(row: Run, change: Change) -> None:
    """A rung may be planned already: its write was taken, and the answer to that was lost."""
    mine = RunInjection.objects.filter(run=row)
    known = {*mine.values_list("index", flat=True)} if change.planned else set()
    RunInjection.objects.bulk_create(
        RunInjection(
            run=row,
            index=item.index,
            plan=codec.to_plain(item),
            progress=codec.to_plain(Progress(item.index, intended_at=change.at)),
        )
        for item in change.planned
        if item.index not in known
    )
    for progress in change.progress:
        mine.filter(index=progress.index).update(progress=codec.to_plain(progress))
    for index, manifest in change.manifests.items():
        mine.filter(index=index).update(manifest=storable(manifest))
    for item in change.read_back or ():
        mine.filter(index=item["index"]).update(read_back=storable(item["objects"]))
