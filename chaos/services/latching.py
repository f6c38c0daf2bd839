"""A halt that could not be written down at the time holds all the same: put on record, it is latched.

It was pulled by a process that may be dead by now, against a database that was away: nobody else knows of it.
"""

from __future__ import annotations

import logging
import threading
import time
from datetime import UTC, datetime
from typing import NoReturn

from django.db import Error, connections, transaction

from chaos.domain.errors import StoreUnavailable
from chaos.domain.run import Stop
from chaos.domain.states import StopKind
from chaos.journal import ORGANISATION, spool
from chaos.journal.record import lock
from chaos.journal.spool import Ingested, Spooled
from chaos.models import Cluster as ClusterRow
from chaos.models import Halt, Run
from chaos.models.run import LIVE
from chaos.services.releasing import released_since
from chaos.services.stop_record import want_stop

INGEST_EVERY = 15.0
"""Seconds."""

log = logging.getLogger(__name__)


def ingest(now: datetime) -> Ingested:
    """Take what waits in the spool into the journal, and latch the halts among it. Safe to repeat.

    Raises what the database raises, StoreUnavailable for a stop; what was not taken by then goes on waiting.
    """
    return spool.ingest(now, lambda record: latch(record, now))


def begin_ingesting() -> None:
    """From now on, for as long as this process lives: what it spools may lie where no worker looks."""
    threading.Thread(target=_go_on, name="spool", daemon=True).start()


def _go_on() -> NoReturn:
    while True:
        if spool.waiting():
            _try_to_ingest()
        time.sleep(INGEST_EVERY)


def _try_to_ingest() -> None:
    try:
        ingest(datetime.now(UTC))
    except (StoreUnavailable, Error) as error:
        log.warning("What waits in the spool goes on waiting: %s", error)
    except Exception:  # nobody else would begin this again
        log.exception("What waits in the spool could not be taken into the journal.")
    finally:
        connections.close_all()


def latch(record: Spooled, now: datetime) -> None:
    """What the record halts is held from now on, and its live runs are to stop, also those launched since.
    Where it was released since the instant of the halt, nothing is. Safe to repeat, also beside another."""
    for name in record.halts:
        row = ClusterRow.objects.filter(name=name).first()
        if name and row is None:
            log.warning("There is no cluster %s any more that the record could halt: %s", name, record.text)
        else:
            _latch(record, row, now)


def stop_runs_of(row: ClusterRow | None, stop: Stop, since: datetime | None = None) -> None:
    """All live runs of this cluster, or of every one; of those that were launched after `stop`, it is wanted
    at `since`. Raises StoreUnavailable."""
    runs = Run.objects.filter(state__in=LIVE)
    runs = runs.filter(cluster=row) if row else runs
    live = [(str(run), at) for run, at in runs.values_list("pk", "launched_at")]
    later = [run for run, at in live if since and at > stop.at]
    want_stop([run for run, _ in live if run not in later], stop)
    if since and later:
        want_stop(later, Stop(since, stop.kind, stop.reason, stop.by))


def _latch(record: Spooled, row: ClusterRow | None, now: datetime) -> None:
    name = row.name if row else ""
    if released_since(record.at, name):
        return
    with transaction.atomic():
        # Before the lock: whoever writes of a run has its stream locked first, too.
        stop = Stop(record.at, StopKind.HALT, f"Halted: {record.reason}", record.actor)
        stop_runs_of(row, stop, now)
        lock(ORGANISATION)
        if released_since(record.at, name):  # meanwhile: then nothing of this is to stay
            transaction.set_rollback(True)
            return
        theirs = Halt.objects.filter(cluster=row, by=record.actor)
        if theirs.filter(released_at=None).exists() or theirs.filter(at=record.at).exists():
            return
        Halt.objects.create(cluster=row, at=record.at, by=record.actor, reason=record.reason)
    log.warning("Latched late: %s", record.text)
