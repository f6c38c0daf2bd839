"""Two stores behind one contract, and what other processes may do to each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from chaos.domain import codec
from chaos.domain.injection import Progress
from chaos.domain.record import RunRecord, Signals
from chaos.domain.run import Marks, Stop, Word
from chaos.domain.states import RunState
from chaos.domain.targets import Limits
from chaos.journal.models import JournalEntry
from chaos.models import Cluster, Halt, Run, RunInjection
from chaos.models import Word as WordRow
from chaos.services.store import DjangoStore
from tests.support.builders import a_spec, injections_of
from tests.support.launching import AT, a_run
from tests.support.memory_store import MemoryStore


class Clock:
    at = AT

    def now(self) -> Any:
        return self.at


@dataclass
class Kept:
    """A store with one pending run, and what the world outside its driver does and sees."""

    store: Any
    run: str
    clock: Clock
    press_stop: Callable[[Stop], object]
    halt: Callable[[str], object]
    limit: Callable[[Limits], object]
    say: Callable[[Word], object]
    facts: Callable[[], dict[str, Any]]
    events: Callable[[], list[str]]
    away: Callable[[], AbstractContextManager[None]]


def in_memory() -> Kept:
    clock, spec = Clock(), a_spec()
    record = RunRecord(
        "0f0e0d0c-0000-4000-8000-000000000000", "i", spec, spec.digest, RunState.PENDING, AT, AT, Marks(),
        Signals(AT), injections_of(spec), (Progress(0),),
    )  # fmt: skip
    store = MemoryStore(record, clock.now)

    @contextmanager
    def away() -> Iterator[None]:
        store.away = True
        yield
        store.away = False

    def facts() -> dict[str, Any]:
        return {
            "verdict": store.verdict.value,
            "residue": [item.sentence for item in store.residue],
            "findings": len(store.outcomes),
            "manifest": store.manifests.get(0),
            "read_back": [item["objects"] for item in store.read_back],
            "lease_until": store.lease_until,
            "alerts": len(store.alerts),
        }

    return Kept(
        store,
        record.run,
        clock,
        press_stop=lambda stop: store.want_stop([record.run], stop),
        halt=lambda reason: setattr(store, "lever", f"{reason} (by otto)"),
        limit=lambda limits: setattr(store, "limits", limits),
        say=lambda word: setattr(store, "words", (*store.words, word)),
        facts=facts,
        events=lambda: [event.kind for event in store.log],
        away=away,
    )


def in_the_database() -> Kept:
    clock, run = Clock(), a_run()
    before = JournalEntry.objects.count()

    @contextmanager
    def away() -> Iterator[None]:
        def refuse(*_: object) -> None:
            raise OperationalError("server closed the connection unexpectedly")

        with connection.execute_wrapper(refuse):
            yield
        transaction.set_rollback(False)  # the test's own transaction has seen nothing

    def facts() -> dict[str, Any]:
        row, injection = Run.objects.get(pk=run), RunInjection.objects.get(run=run)
        return {
            "verdict": row.verdict,
            "residue": [item["sentence"] for item in row.residue],
            "findings": len(row.findings),
            "manifest": injection.manifest,
            "read_back": [injection.read_back] if injection.read_back else [],
            "lease_until": row.lease_until,
            "alerts": sum(len(chunk.readings) for chunk in row.samples.filter(probe="ALERTS")),
        }

    store = DjangoStore(clock.now)
    return Kept(
        store,
        run,
        clock,
        press_stop=lambda stop: store.want_stop([run], stop),
        halt=lambda reason: Halt.objects.create(at=AT, by="otto", reason=reason),
        limit=lambda limits: Cluster.objects.update(limits=codec.to_plain(limits)),
        say=lambda word: WordRow.objects.create(
            run_id=run, word=word.word, at=word.at, by=word.by, note=word.note
        ),
        facts=facts,
        events=lambda: [entry.kind for entry in JournalEntry.objects.order_by("pk")[before:]],
        away=away,
    )


@pytest.fixture(autouse=True)
def state_dir(tmp_path: Any, settings: Any) -> None:
    settings.STATE_DIR = tmp_path


@pytest.fixture(
    params=[
        pytest.param(in_memory, id="memory"),
        pytest.param(in_the_database, id="database", marks=pytest.mark.django_db),
    ]
)
def kept(request: pytest.FixtureRequest) -> Kept:
    make: Callable[[], Kept] = request.param
    return make()
