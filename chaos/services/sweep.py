"""The sweep: re-rings every run that nobody drives, and removes whatever is ours and belongs to no live run.

This, not the hand-on and not the lease, is what makes a lost message, a dead worker or a create that lands
late harmless.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from chaos.domain.sight import Residue
from chaos.models import Run
from chaos.models.run import LIVE
from chaos.ports import Cluster
from chaos.services import clusters

OVERDUE = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Swept:
    """What was found on a cluster that belongs to no live run, and told to go."""

    cluster: str
    removed: tuple[Residue, ...]


def overdue(now: datetime) -> list[str]:
    """Live runs whose lease is over, or that nobody ever took up."""
    nobody = Q(lease_until__lt=now) | Q(lease_until=None, state_since__lt=now - OVERDUE)
    return [str(run) for run in Run.objects.filter(nobody, state__in=LIVE).values_list("pk", flat=True)]


def ring_overdue(now: datetime, ring: Callable[[str], object]) -> list[str]:
    """Ring a driver for each overdue run; which ones they were."""
    runs = overdue(now)
    for run in runs:
        ring(run)
    return runs


def orphans(port: Cluster) -> tuple[Residue, ...]:
    """What is labelled with our installation's name and belongs to no live run.

    The cluster is read first: a run launched in between then counts as live, not its objects as orphans.
    """
    found, ours = port.residue(), clusters.installation()
    live = {str(run) for run in Run.objects.filter(state__in=LIVE).values_list("pk", flat=True)}
    return tuple(item for item in found if item.installation == ours and item.run not in live)


def sweep_cluster(name: str, port: Cluster) -> Swept:
    """Remove the orphans of one cluster. Raises what the cluster raises."""
    found = orphans(port)
    if found:
        port.remove(found)
    return Swept(name, found)
