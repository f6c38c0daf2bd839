"""The schedule's run in Django's database: the SQL, the journal and the transactions of production.

All processes share one connection: a verb of the store is one transaction, and no strand gives way within it.
What several connections do to each other is tests/chaos' affair, with real threads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from itertools import zip_longest
from typing import Any

from django.db import Error, OperationalError, connection, transaction
from django.test.utils import setup_databases, teardown_databases

from chaos.domain import codec
from chaos.domain.errors import StoreUnavailable
from chaos.domain.injection import Injection, Progress
from chaos.domain.record import RunRecord
from chaos.domain.run import Marks, Stop
from chaos.domain.states import RunState
from chaos.journal.verify import verify
from chaos.models import Halt, Run, RunInjection
from chaos.services.clusters import installation
from chaos.services.rows import stop_of
from chaos.services.store import DjangoStore
from tests.simulation.schedule import Outcome, simulate
from tests.support.launching import a_cluster

OUTSIDE = ("SAVEPOINT", "RELEASE", "ROLLBACK")


class InTheDatabase:
    """See tests.simulation.store.Kept. Needs a test's database."""

    def __init__(self, record: RunRecord, now: Callable[[], datetime]) -> None:
        self.store, self._record, self._turn = DjangoStore(now), record, 0
        installation()  # as it has been made by any launch
        cluster = a_cluster("simulated")
        row = Run.objects.create(
            id=record.run,
            cluster=cluster,
            lock_key=cluster.uid,
            stream="plan:simulated",
            plan_digest="d" * 64,
            scenario=record.spec.scenario,
            spec=codec.to_plain(record.spec),
            spec_digest=record.spec_digest,
            launched_at=record.state_since,
            launched_by="otto",
            ceiling=record.ceiling,
            not_after=record.not_after,
            state=record.state.value,
            state_since=record.state_since,
        )
        for injection, progress in zip(record.injections, record.progress, strict=True):
            plan = codec.to_plain(injection)
            RunInjection.objects.create(
                run=row, index=injection.index, plan=plan, progress=codec.to_plain(progress)
            )

    def known(self) -> RunRecord:
        row = self._row()
        injections = list(row.injections.all())
        return replace(
            self._record,
            state=RunState(row.state),
            state_since=row.state_since,
            marks=codec.from_plain(Marks, row.marks),
            injections=tuple(codec.from_plain(Injection, item.plan) for item in injections),
            progress=tuple(codec.from_plain(Progress, item.progress) for item in injections),
        )

    def stop(self) -> Stop | None:
        return stop_of(self._row())

    def set_lever(self, reason: str) -> None:
        now = self.store._now()
        try:
            if reason:
                Halt.objects.create(cluster=None, at=now, by="otto", reason=reason)
            else:
                Halt.objects.filter(released_at=None).update(released_at=now, released_by="otto")
        except Error as error:
            raise StoreUnavailable(f"The halt could not be written down: {error}.") from error

    def refuse(self, ask: Callable[[], object]) -> None:
        """At its first statement, or in the middle of what it writes."""
        self._turn += 1
        with (
            connection.execute_wrapper(_Refusing(after=self._turn % 2)),
            suppress(StoreUnavailable, OperationalError),
        ):
            ask()  # the second where the simulator looks at what became of it
        transaction.set_rollback(False)  # our own transaction has seen nothing of it

    def _row(self) -> Run:
        return Run.objects.get(pk=self._record.run)


class _Refusing:
    """A connection that lets `after` statements of a transaction through, and none outside of one."""

    def __init__(self, after: int) -> None:
        self._left, self._outside = after, len(connection.savepoint_ids)

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.startswith(OUTSIDE):
            self._left -= len(connection.savepoint_ids) > self._outside
            if self._left < 0 or len(connection.savepoint_ids) == self._outside:
                raise OperationalError("server closed the connection unexpectedly")
        return execute(sql, params, many, context)


@contextmanager
def own_database() -> Iterator[None]:
    """A test's database, outside of the tests: beside the one that the settings name."""
    made = setup_databases(verbosity=0, interactive=False)
    try:
        yield
    finally:
        teardown_databases(made, verbosity=0)


def simulate_in_both(seed: int) -> Outcome:
    """What was found in the database's; and whether the memory store's schedule was another."""
    with taken_back():
        there = simulate(seed, keeps_trace=True, keep=InTheDatabase)
        report = verify()
    here = simulate(seed, keeps_trace=True)
    pairs = zip_longest(there.trace, here.trace, fillvalue="the end")
    apart = next((f"{line!r}, in memory {other!r}" for line, other in pairs if line != other), "")
    there.verdict.apart += [apart] if apart else []
    there.verdict.lost += [] if report.is_sound else [f"the journal is broken: {report.broken}"]
    return there


@contextmanager
def taken_back() -> Iterator[None]:
    """What is written within it is gone at the end: the next schedule begins with an empty database."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
