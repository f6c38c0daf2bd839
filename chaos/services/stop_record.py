"""Writing down that a stop is wanted: beside what is done in the clusters, never before it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from django.db import Error, connection, connections, transaction

from chaos.domain import codec
from chaos.domain import verdict as verdicts
from chaos.domain.errors import StoreUnavailable
from chaos.domain.record import Event
from chaos.domain.run import Marks, Stop
from chaos.domain.states import RunState
from chaos.journal.checkpoints import sign_an_end
from chaos.journal.record import append, storable
from chaos.models import Run
from chaos.models.run import LIVE
from chaos.services import words
from chaos.services.patience import hung_up_after
from chaos.services.rows import stop_of

KEEP_TRYING = timedelta(minutes=5)
PAUSE = 0.5
LATE_WITHIN = timedelta(seconds=20)
"""How long one try to write it down late may take: a database that hangs may have been replaced by then."""
GRACE = timedelta(seconds=2)
LEAST = 250
"""Milliseconds that PostgreSQL is given at the least; 0 would be for ever."""

log = logging.getLogger(__name__)
_under_way: set[str] = set()
_lock = threading.Lock()


def want_stop(runs: Sequence[str], stop: Stop, within: timedelta | None = None) -> int:
    """Latch the intent on those of `runs` that are live; how many were not stopped before.

    A run that no driver ever had is over with that. `within` is how long a database that others hold is
    waited for; None leaves that to its settings. Raises StoreUnavailable.
    """
    try:
        with within_patience(within):
            live = Run.objects.filter(pk__in=runs, state__in=LIVE).order_by("pk")
            return sum(_want(row, stop) for row in live)
    except Error as error:
        if not connection.in_atomic_block:
            connection.close()
        why = str(error).strip().rstrip(".")
        raise StoreUnavailable(f"The stop could not be written down: {why}.") from error


def want_stop_late(runs: Sequence[str], stop: Stop) -> None:
    """Go on trying to write it down, on a thread that this process waits for when it ends.

    A run for which that is under way already is left to it: the first who pressed Stop is the one.
    """
    with _lock:
        fresh = [run for run in runs if run not in _under_way]
        _under_way.update(fresh)
    if fresh:
        threading.Thread(target=_keep_trying, args=(fresh, stop), name="late record of a stop").start()


def _keep_trying(runs: Sequence[str], stop: Stop) -> None:
    until = time.monotonic() + KEEP_TRYING.total_seconds()
    try:
        while not _written_late(runs, stop):
            if time.monotonic() > until:
                log.error("The stop of %s by %s could not be written down.", ", ".join(runs), stop.by)
                return
            time.sleep(PAUSE)
    finally:
        with _lock:
            _under_way.difference_update(runs)
        connections.close_all()


def _written_late(runs: Sequence[str], stop: Stop) -> bool:
    try:
        want_stop(runs, stop, LATE_WITHIN)
        with transaction.atomic():
            ended = Run.objects.filter(pk__in=runs, state_since__gte=stop.at).exclude(state__in=LIVE)
            for row in ended:
                if row.stop_wanted_at != stop.at:
                    _say(row, stop, words.stopped_late(stop))
    except (StoreUnavailable, Error) as error:
        log.warning("%s It is tried again.", error)
        connections.close_all()
        return False
    return True


def _want(row: Run, stop: Stop) -> int:
    if row.state == RunState.PENDING.value and not row.fence and _end_untouched(row, stop):
        _say(row, stop, *words.untouched(stop))
        transaction.on_commit(lambda: sign_an_end(stop.at), robust=True)
    elif _latch(row, stop):
        _say(row, stop, *words.stopping(stop, None))
    else:
        return 0
    return 1


def _end_untouched(row: Run, stop: Stop) -> bool:
    """End a run that waits for its first driver: nobody else would, and it keeps its cluster from others.

    Whoever takes a lease raises the fence, so fence 0 is a run that nobody ever had: nothing was sent
    anywhere for it. A driver that claims it at this moment either came first, and then this changes nothing,
    or finds a run that is over.
    """
    untouched = Run.objects.filter(pk=row.pk, state=RunState.PENDING.value, fence=0, stop_wanted_at=None)
    return bool(
        untouched.update(
            state=RunState.ABORTED.value,
            state_since=stop.at,
            verdict=verdicts.overall(()).value,
            marks=codec.to_plain(Marks(decided_at=stop.at)),
            **_columns(stop),
        )
    )


def _latch(row: Run, stop: Stop) -> bool:
    """The first stop counts, but for one of the run's own that this one brought about."""
    before = stop_of(row)
    if before and not stop.explains(before):
        return False
    as_read = Run.objects.filter(pk=row.pk, state__in=LIVE, stop_wanted_at=row.stop_wanted_at)
    return bool(as_read.update(**_columns(stop)))


@contextmanager
def within_patience(within: timedelta | None) -> Iterator[None]:
    """A transaction that waits no longer than `within` for what others hold; None leaves that to settings.

    The server is to say so itself; one that does not, for `GRACE` longer, is hung up on.
    """
    with _waiting(within), hung_up_after(None if within is None else within + GRACE), transaction.atomic():
        _set_patience(within)
        yield


@contextmanager
def _waiting(within: timedelta | None) -> Iterator[None]:
    """SQLite takes its lock as a transaction begins, and waits for it as long as the connection says."""
    if within is None or connection.vendor != "sqlite":
        yield
        return
    _set_busy_timeout(within.total_seconds())
    try:
        yield
    finally:
        if connection.connection is not None:
            _set_busy_timeout(connection.settings_dict["OPTIONS"].get("timeout", 5.0))


def _set_busy_timeout(seconds: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {round(seconds * 1000)}")


def _set_patience(within: timedelta | None) -> None:
    """PostgreSQL waits for a lock, and at a statement, for as long as the transaction says."""
    if within is None or connection.vendor != "postgresql":
        return
    most = f"{max(LEAST, round(within.total_seconds() * 1000))}ms"
    with connection.cursor() as cursor:
        for setting in ("lock_timeout", "statement_timeout"):
            cursor.execute("SELECT set_config(%s, %s, true)", [setting, most])


def _columns(stop: Stop) -> dict[str, object]:
    return {
        "stop_wanted_at": stop.at,
        "stop_kind": stop.kind.value,
        "stop_reason": storable(stop.reason),
        "stopped_by": stop.by,
    }


def _say(row: Run, stop: Stop, *events: Event) -> None:
    for event in events:
        append(
            row.stream,
            event.kind,
            event.text,
            at=event.at,
            actor=stop.by,
            actor_name=stop.by,
            scenario=row.scenario,
            run=str(row.pk),
            body=event.body,
        )
