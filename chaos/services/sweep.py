"""The sweep: re-rings every run that nobody drives, and removes whatever is ours and belongs to no live run.

This, not the hand-on and not the lease, is what makes a lost message, a dead worker or a create that lands
late harmless.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chaos.domain.sight import Residue, ResidueKind
from chaos.ports import Cluster, Store
from chaos.services import aftermath
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
    """What is ours and belongs to no live run: by our installation's name; where Litmus has taken that off,
    by the beginning of the id of a run of ours that is over.

    The cluster is read first: a run launched in between then counts as live, not its objects as orphans. A
    grant of a run that is not known here is left to the watchdog, or to a halt: what it says of how things
    were before may be all that is left of that.
    """
    store = store or DjangoStore()
    found, ours = port.residue(), store.installation()
    live = store.live()
    over = store.over({item.run or item.short for item in found if item.installation in (ours, "")})
    return tuple(_orphans(found, ours, live, over))


def _orphans(
    found: Iterable[Residue], ours: str, live: Collection[str], over: Mapping[str, str]
) -> Iterator[Residue]:
    for item in found:
        if item.installation == ours and item.run not in live:
            if item.kind is not ResidueKind.GRANT or item.run in over:
                yield item
        elif not item.installation and item.short in over:
            yield replace(item, run=over[item.short], installation=ours)


def sweep_cluster(name: str, port: Cluster, now: datetime, store: Store | None = None) -> Swept:
    """Remove the orphans of one cluster, and undo what any of them did. Raises what the cluster raises."""
    store = store or DjangoStore()
    found = orphans(port, store)
    over = store.over({item.run for item in found if item.kind is not ResidueKind.GRANT})
    known = {run for run, _ in store.late(name)}
    late = {run for run in over.values() if run in known or aftermath.notice(run, port, store, now)}
    # Litmus' result says to whom something was done: it stays until that is undone.
    kept = [item for item in found if item.kind is ResidueKind.RESULT and item.run in late]
    removed = [item for item in found if item not in kept]
    _remove(port, removed)
    noticed = store.late(name)
    aftermath.see_to(noticed, port, store, now)
    done = {run for run, _ in noticed} - {run for run, _ in store.late(name)}
    undone = [item for item in kept if item.run in done]
    _remove(port, undone)
    return Swept(name, (*removed, *undone))


def _remove(port: Cluster, found: Sequence[Residue]) -> None:
    if found:
        port.remove(found)
