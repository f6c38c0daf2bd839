"""The sweep: re-rings every run that nobody drives, and removes whatever is ours and belongs to no live run.

This, not the hand-on and not the lease, is what makes a lost message, a dead worker or a create that lands
late harmless.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chaos.domain.errors import GamedayError
from chaos.domain.sight import Residue, ResidueKind
from chaos.ports import Cluster, Store
from chaos.services import aftermath
from chaos.services.beside import sentence
from chaos.services.store import DjangoStore

log = logging.getLogger(__name__)


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
    """Remove the orphans of one cluster, and undo what any of them did.

    What goes wrong with one run keeps no other from it, nor what could inject from being removed, whoever's
    it is: it is said in the log. Raises the first of it in the end, and at once what the cluster raises where
    it cannot be seen.
    """
    store, tries = store or DjangoStore(), _Tries()
    found = orphans(port, store)
    over = store.over({item.run for item in found if item.kind is not ResidueKind.GRANT})
    known = {run for run, _ in store.late(name)}
    # Written down before it is deleted. Where that fails, what it did may still have to be looked for.
    late = {run for run in over.values() if run in known or tries.notice(run, port, store, now)}
    # Litmus' result says to whom something was done: it stays until that is undone.
    kept = [item for item in found if item.kind is ResidueKind.RESULT and item.run in late]
    removed = tries.remove(port, [item for item in found if item not in kept])
    noticed = store.late(name)
    for run, since in noticed:
        tries.look_after(run, since, port, store, now)
    done = {run for run, _ in noticed} - {run for run, _ in store.late(name)}
    undone = tries.remove(port, [item for item in kept if item.run in done])
    for item in (*removed, *undone):
        log.warning("Swept from %s: %s", name, item)
    if tries.errors:
        raise tries.errors[0]
    return Swept(name, (*removed, *undone))


class _Tries:
    """Deeds that keep each other from nothing, and the errors of those that failed."""

    def __init__(self) -> None:
        self.errors: list[Exception] = []

    def notice(self, run: str, port: Cluster, store: Store, now: datetime) -> bool:
        """Also where it is not known."""
        try:
            return aftermath.notice(run, port, store, now)
        except Exception as error:
            return self._failed("Whether anything came of run %s after its end is not known", run, error)

    def look_after(self, run: str, since: datetime, port: Cluster, store: Store, now: datetime) -> None:
        try:
            aftermath.look_after(run, since, port, store, now)
        except Exception as error:
            self._failed("What came of run %s after its end could not be seen to", run, error)

    def remove(self, port: Cluster, found: Sequence[Residue]) -> Sequence[Residue]:
        """What was told to go. Where some of it could not be, it is not known what was."""
        try:
            if found:
                port.remove(found)
        except Exception as error:
            self._failed("Not all of it could be deleted: %s", ", ".join(map(str, found)), error)
            return ()
        return found

    def _failed(self, text: str, what: str, error: Exception) -> bool:
        self.errors.append(error)
        trace = None if isinstance(error, GamedayError) else error
        log.error(text + "; the next sweep tries again. %s", what, sentence(error), exc_info=trace)
        return True
