"""Doorbells: an id in, one service call, safe to ring twice."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from celery import shared_task

from chaos import wiring
from chaos.domain.errors import GamedayError
from chaos.journal import spool
from chaos.services import sweep as sweeping
from chaos.services.clock import database_now

log = logging.getLogger(__name__)


@shared_task(name="chaos.tasks.drive")
def drive(run: str) -> str:
    """Drive a run. A second ring while somebody drives ends at once."""
    return wiring.host(run, hand_on=lambda: wiring.ring(run)).value


@shared_task(name="chaos.tasks.sweep")
def sweep() -> int:
    """Ring a driver for every run that nobody drives; how many."""
    return len(sweeping.ring_overdue(database_now(), wiring.ring))


@shared_task(name="chaos.tasks.contact_clusters")
def contact_clusters() -> int:
    """Ask every cluster and its Prometheus whether they are there; how many did not answer."""
    return wiring.contact_all()


@shared_task(name="chaos.tasks.ask_workers")
def ask_workers() -> int:
    """Ask who takes runs up, and keep the answer; how many."""
    return wiring.ask_workers()


@shared_task(name="chaos.tasks.ingest_spool")
def ingest_spool() -> int:
    """Take into the journal what it could not take at the time; how many records."""
    return len(spool.ingest(datetime.now(UTC)).taken)


@shared_task(name="chaos.tasks.hear_watchdogs")
def hear_watchdogs() -> int:
    """Take into the journal what the clusters' watchdogs did; how many words were new."""
    return len(wiring.hear_watchdogs())


@shared_task(name="chaos.tasks.sweep_clusters")
def sweep_clusters() -> int:
    """Remove what is ours and belongs to no live run, on every cluster; how many objects."""
    count = 0
    for name, port in wiring.cluster_ports().items():
        try:
            swept = sweeping.sweep_cluster(name, port, database_now())
        except GamedayError as error:
            log.warning("The sweep of %s did not go through: %s", name, error)
            continue
        for item in swept.removed:
            log.warning("Swept from %s: %s", name, item)
        count += len(swept.removed)
    return count
