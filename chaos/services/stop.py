"""Stop one run, halt everything, release. None of them needs Celery or Redis.

Each acts on the cluster from the calling process at once, and records alongside: a stop is never held up
by the record of it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from django.db import Error, connection, transaction

from chaos.domain.errors import GamedayError, Refused, StoreUnavailable
from chaos.domain.run import Stop
from chaos.domain.sight import Residue
from chaos.domain.states import StopKind
from chaos.journal import ORGANISATION
from chaos.journal.record import append
from chaos.models import Halt, Run
from chaos.models.run import LIVE
from chaos.ports import Cleared, Cluster, RunRef
from chaos.services import clusters
from chaos.services.stop_record import want_stop, want_stop_late

TRIES, PAUSE = 5, 1.0


@dataclass(frozen=True, slots=True)
class Halted:
    """What a halt did: per cluster what was told to go, what failed, and whether it is recorded."""

    deleted: Mapping[str, tuple[Residue, ...]] = field(default_factory=dict)
    failed: Mapping[str, str] = field(default_factory=dict)
    record_error: str = ""


def stop_run(run: str, stop: Stop, port: Cluster) -> str:
    """Stop one run from this process: the cluster's deletes begin before anything is written.

    Gives back what failed at the cluster, or "". An already stopped run is stopped again: harmless.
    Raises StoreUnavailable when the intent could not be written; the deletes were sent all the same. Only
    when the database cannot even be read, nothing was, and the message says so.
    """
    try:
        row = Run.objects.get(pk=run)
        ref = RunRef(str(row.pk), clusters.installation(), row.scenario)
    except Error as error:
        connection.close()
        raise StoreUnavailable(
            f"The run cannot be looked up: {error}. Nothing was sent; halt everything by labels instead."
        ) from error
    with ThreadPoolExecutor(1) as pool:
        act = pool.submit(port.revert, ref)
        want_stop([run], stop)
        return _failure(act)


@dataclass(frozen=True, slots=True)
class Stopped:
    """What stopping did from this process, by run: `asked` of the cluster, `failed` there with the sentence,
    `waiting` for its answer still. `record_error`: why the intent is not written down yet, or ""; that goes
    on being tried."""

    asked: tuple[str, ...]
    failed: Mapping[str, str]
    waiting: tuple[str, ...]
    record_error: str = ""


def stop_runs(ports: Mapping[str, Cluster], stop: Stop, patience: timedelta) -> Stopped:
    """Stop these runs beside each other: no cluster is waited for by another, and neither they nor the record
    for longer than `patience`. What is not done by then goes on on its own.

    Raises StoreUnavailable only when the runs cannot be looked up; then nothing was sent.
    """
    try:
        rows = {str(row.pk): row for row in Run.objects.filter(pk__in=[*ports], state__in=LIVE)}
        refs = {run: RunRef(run, clusters.installation(), row.scenario) for run, row in rows.items()}
    except Error as error:
        connection.close()
        raise StoreUnavailable(
            f"The runs cannot be looked up: {error}. Nothing was sent; halt everything by labels instead."
        ) from error
    until = time.monotonic() + patience.total_seconds()
    acts = {run: _begun(partial(ports[run].revert, ref)) for run, ref in refs.items()}
    record_error = ""
    try:
        want_stop([*refs], stop, patience)
    except StoreUnavailable as error:
        record_error = str(error)
        want_stop_late([*refs], stop)
    _, late = wait(acts.values(), max(0.0, until - time.monotonic()))
    failed = {run: _failure(act) for run, act in acts.items() if act not in late}
    return Stopped(
        asked=tuple(refs),
        failed={run: sentence for run, sentence in failed.items() if sentence},
        waiting=tuple(run for run, act in acts.items() if act in late),
        record_error=record_error,
    )


def _begun(deed: Callable[[], None]) -> Future[None]:
    """On a thread that nobody has to wait for, not even the end of this process."""
    act: Future[None] = Future()

    def do() -> None:
        try:
            deed()
        except BaseException as error:
            act.set_exception(error)
        else:
            act.set_result(None)

    threading.Thread(target=do, daemon=True).start()
    return act


def halt(by: str, reason: str, ports: Mapping[str, Cluster], now: datetime, pause: float = PAUSE) -> Halted:
    """Pull every lever: delete all that is ours on every cluster, latch, and stop all live runs.

    What fails is tried again, `pause` seconds apart. Raises nothing for a cluster or a database that does
    not answer: it says so in the answer.
    """
    deleted: dict[str, tuple[Residue, ...]] = {}
    failed: dict[str, str] = {}

    def clear(name: str, port: Cluster) -> None:
        # Whatever goes wrong is said: a cluster that nobody mentions would count as halted.
        deleted[name], failures = _clear(port, f"{reason} (by {by})", pause)
        if failures:
            failed[name] = " ".join(failures)

    threads = [threading.Thread(target=clear, args=item, daemon=True) for item in ports.items()]
    for thread in threads:
        thread.start()
    record_error = _record_halt(by, reason, now)
    for thread in threads:
        thread.join()
    return Halted(deleted, failed, record_error)


def _clear(port: Cluster, why: str, pause: float) -> tuple[tuple[Residue, ...], tuple[str, ...]]:
    """Lever and deletes, at once and beside each other, again and again while something fails."""
    told: dict[str, Residue] = {}
    failures: tuple[str, ...] = ()
    for attempt in range(TRIES):
        if attempt:
            time.sleep(pause)
        with ThreadPoolExecutor(2) as pool:
            lever, clearing = pool.submit(port.pull_lever, why), pool.submit(port.revert_all)
        error = clearing.exception()
        cleared = clearing.result() if error is None else Cleared((), (_sentence(error),))
        told |= {item.uid: item for item in cleared.told}
        failures = cleared.failures
        if error := lever.exception():
            failures += (_sentence(error),)
        if not failures:
            break
    return tuple(told.values()), failures


def release(by: str, reason: str, ports: Mapping[str, Cluster], now: datetime) -> int:
    """Release every lever; how many were on record. Recorded first, then done; safe to repeat.

    None on record is no reason to refuse: a halt without the database is held by the clusters' levers alone.
    Raises Refused without a reason, and what a cluster raises that keeps its lever.
    """
    if not reason.strip():
        raise Refused("A release needs a reason.", "reason")
    with transaction.atomic():
        count = Halt.objects.filter(released_at=None).update(
            released_at=now, released_by=by, release_reason=reason
        )
        text = f"{by} released the halt: {reason}"
        append(
            ORGANISATION, "halt.released", text, at=now, actor=by, actor_name=by, body={"on_record": count}
        )
    for port in ports.values():
        port.release_lever()
    return count


def _record_halt(by: str, reason: str, now: datetime) -> str:
    try:
        with transaction.atomic():
            Halt.objects.create(at=now, by=by, reason=reason)
            live = [str(run) for run in Run.objects.filter(state__in=LIVE).values_list("pk", flat=True)]
            want_stop(live, Stop(now, StopKind.HALT, f"Halted: {reason}", by))
            text = f"{by} halted everything: {reason}"
            append(ORGANISATION, "halt.pulled", text, at=now, actor=by, actor_name=by)
    except Exception as error:  # the deletes are under way: no record's failure may end this process
        return _sentence(error)
    return ""


def _sentence(error: BaseException) -> str:
    return str(error) if isinstance(error, GamedayError | Error) else f"{type(error).__name__}: {error}"


def _failure(act: Future[None]) -> str:
    """What went wrong at the cluster, in words, or ""."""
    error = act.exception()
    return _sentence(error) if error else ""
