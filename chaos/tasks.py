"""Doorbells: an id in, one service call, safe to ring twice."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from celery import shared_task

from chaos import wiring
from chaos.services import latching, levers
from chaos.services import sweep as sweeping
from chaos.services.beside import sentence
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
    """Ask every cluster and its Prometheus whether they are there; how many did not answer. And look at the
    clusters' levers."""
    silent = wiring.contact_all()
    levers.look(wiring.cluster_ports(), database_now())
    return silent


@shared_task(name="chaos.tasks.ask_workers")
def ask_workers() -> int:
    """Ask who takes runs up, and keep the answer; how many."""
    return wiring.ask_workers()


@shared_task(name="chaos.tasks.ingest_spool")
def ingest_spool() -> int:
    """Take into the journal what it could not take at the time, and latch halts; how many records."""
    return len(latching.ingest(datetime.now(UTC)).taken)


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
            count += len(sweeping.sweep_cluster(name, port, database_now()).removed)
        except Exception as error:  # whatever it is, the other clusters are swept
            log.error("The sweep of %s did not go through: %s", name, sentence(error))
    return count
