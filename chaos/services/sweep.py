"""The sweep: re-rings every run that nobody drives, and removes whatever is ours and belongs to no live run.

This, not the hand-on and not the lease, is what makes a lost message, a dead worker or a create that lands
late harmless.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chaos.domain.sight import Residue
from chaos.ports import Cluster, Store
from chaos.services.store import DjangoStore


@dataclass(frozen=True, slots=True)
class Swept:
    """What was found on a cluster that belongs to no live run, and told to go."""

    cluster: str
    removed: tuple[Residue, ...]


def ring_overdue(now: datetime, ring: Callable[[str], object], store: Store | None = None) -> list[str]:
    """Ring a driver for each overdue run; which ones they were."""
    runs = [*(store or DjangoStore()).overdue(now)]
    for run in runs:
        ring(run)
    return runs


def orphans(port: Cluster, store: Store | None = None) -> tuple[Residue, ...]:
    """What is labelled with our installation's name and belongs to no live run.

    The cluster is read first: a run launched in between then counts as live, not its objects as orphans.
    """
    store = store or DjangoStore()
    found, ours = port.residue(), store.installation()
    live = store.live()
    return tuple(item for item in found if item.installation == ours and item.run not in live)


def sweep_cluster(name: str, port: Cluster, store: Store | None = None) -> Swept:
    """Remove the orphans of one cluster. Raises what the cluster raises."""
    found = orphans(port, store)
    if found:
        port.remove(found)
    return Swept(name, found)
