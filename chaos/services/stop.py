"""Stop one run, or several. Neither needs Celery or Redis.

Each acts on the cluster from the calling process at once, and records alongside: a stop is never held up
by the record of it.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from chaos.domain.errors import StoreUnavailable
from chaos.domain.run import Stop
from chaos.ports import Cluster, Store
from chaos.services.beside import begun, failure
from chaos.services.stop_again import again_if_it_fails
from chaos.services.stop_record import want_stop_late
from chaos.services.store import DjangoStore


def stop_run(run: str, stop: Stop, port: Cluster, store: Store | None = None) -> str:
    """Stop one run from this process: the cluster's deletes begin before anything is written.

    Gives back what failed at the cluster, or "". An already stopped run is stopped again: harmless.
    Raises StoreUnavailable when the intent could not be written; the deletes were sent all the same. Only
    when the database cannot even be read, nothing was, and the message says so.
    """
    store = store or DjangoStore()
    try:
        ref = store.ref(run)
    except StoreUnavailable as error:
        raise StoreUnavailable(
            f"The run cannot be looked up: {error}. Nothing was sent; halt everything by labels instead."
        ) from error
    with ThreadPoolExecutor(1) as pool:
        act = pool.submit(port.revert, ref)
        store.want_stop([run], stop)
        return failure(act)


@dataclass(frozen=True, slots=True)
class Stopped:
    """What stopping did from this process, by run: `asked` of the cluster, `failed` there with the sentence,
    `waiting` for its answer still; both of these go on being tried. `record_error`: why the intent is not
    written down yet, or ""; so does that. `clusters`: the name of each run's, where that was looked up."""

    asked: tuple[str, ...]
    failed: Mapping[str, str]
    waiting: tuple[str, ...]
    record_error: str = ""
    clusters: Mapping[str, str] = field(default_factory=dict)

    @property
    def taken(self) -> tuple[str, ...]:
        """The runs of which the API server has taken every delete."""
        return tuple(run for run in self.asked if run not in self.failed and run not in self.waiting)


def stop_runs(ports: Mapping[str, Cluster], stop: Stop, patience: timedelta) -> Stopped:
    """Stop these runs beside each other: no cluster is waited for by another, and neither they nor the record
    for longer than `patience`. What is not done by then goes on on its own, and what failed is tried again:
    nobody may be driving these runs.

    Raises StoreUnavailable only when the runs cannot be looked up; then nothing was sent.
    """
    store = DjangoStore()
    try:
        refs = {run: ref for run, ref in store.live().items() if run in ports}
    except StoreUnavailable as error:
        raise StoreUnavailable(
            f"The runs cannot be looked up: {error}. Nothing was sent; halt everything by labels instead."
        ) from error
    until = time.monotonic() + patience.total_seconds()
    deeds = {run: partial(ports[run].revert, ref) for run, ref in refs.items()}
    acts = {run: begun(deed) for run, deed in deeds.items()}
    for run, act in acts.items():
        again_if_it_fails(run, act, deeds[run])
    record_error = ""
    try:
        store.want_stop([*refs], stop, patience)
    except StoreUnavailable as error:
        record_error = str(error)
        want_stop_late([*refs], stop)
    _, late = wait(acts.values(), max(0.0, until - time.monotonic()))
    failed = {run: failure(act) for run, act in acts.items() if act not in late}
    return Stopped(
        asked=tuple(refs),
        failed={run: sentence for run, sentence in failed.items() if sentence},
        waiting=tuple(run for run, act in acts.items() if act in late),
        record_error=record_error,
    )
