"""Whole drives, launches and stops that meet on one run: real threads, real time, a database of many.

`test_races.py` has what they write, piece by piece.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection

from chaos.domain.errors import GamedayError, Refused
from chaos.domain.run import Stop
from chaos.domain.states import StopKind
from chaos.journal.models import JournalEntry
from chaos.journal.verify import verify
from chaos.models import Run
from chaos.ports import Ports
from chaos.services import perceive, recorder, step, store
from chaos.services.drive import End, drive
from chaos.services.halting import halt
from chaos.services.launch import launch
from chaos.services.releasing import release
from chaos.services.stop import stop_run
from chaos.services.store import DjangoStore
from tests.support.at_once import at_once
from tests.support.builders import a_probe, a_spec
from tests.support.launching import a_cluster, an_order
from tests.support.shared_cluster import Hook, SharedCluster, ports_of

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
SECOND = timedelta(seconds=1)
LEASE, RENEWED, LANDS = 2 * SECOND, 0.5 * SECOND, 2 * SECOND
"""Shorter than in production: what is waited out here are the same waits."""
PATIENCE = 30.0
SPEC = a_spec(
    faults=(replace(a_spec().fault, duration=2 * SECOND),),
    probes=(replace(a_probe(), interval=0.2 * SECOND, blind_budget=25),),  # this machine may be busy, too
    durations=replace(a_spec().durations, baseline=SECOND, observe=2 * SECOND),
)


class Store(DjangoStore):
    """No thread of a test leaves a connection behind."""

    def rest(self) -> None:
        connection.close()


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Iterator[SharedCluster]:
    if connection.vendor != "postgresql":
        pytest.skip("Needs PostgreSQL.")
    for module in (step, perceive):
        monkeypatch.setattr(module, "LATE_CREATE", LANDS)
    before = {*threading.enumerate()}
    a_cluster()
    yield SharedCluster()
    for thread in {*threading.enumerate()} - before:
        thread.join(PATIENCE)


def launched(cluster: SharedCluster) -> str:
    now = datetime.now(UTC)
    order = an_order(spec=SPEC, closes=now + timedelta(hours=1))
    return launch(order, cluster, now, lambda run: None, lambda: "")  # type: ignore[arg-type]


def driven(run: str, ports: Ports) -> list[End]:
    """Each end of a drive that is rung for again and again, until the run is over."""
    ends = [drive(run, ports)]
    until = time.monotonic() + PATIENCE
    while not _is_over(run) and time.monotonic() < until:
        time.sleep(0.05)
        ends.append(drive(run, ports))
    return ends


def _is_over(run: str) -> bool:
    return Run.objects.get(pk=run).state in ("completed", "aborted", "failed")


def kinds(run: str) -> list[str]:
    return list(JournalEntry.objects.filter(run=run).order_by("seq").values_list("kind", flat=True))


def is_clean(cluster: SharedCluster, run: str) -> None:
    """Nothing is there, at most one fault was, and what was written says so, once."""
    assert cluster.fake.ready == 6 and not cluster.fake.engines and not cluster.fake.grant
    said = kinds(run)
    assert len(cluster.said("inject")) <= 1 and said.count("injection.requested") <= 1, said
    assert said.count("run.verdict") == said.count("run.receipt") == 1, said
    assert said.count("run.stop_wanted") <= 1, said
    assert verify().is_sound


def test_of_drivers_that_ring_all_the_time_one_drives_and_the_others_leave(cluster: SharedCluster) -> None:
    run = launched(cluster)
    given = at_once([partial(driven, run, ports_of(cluster, Store())) for _ in range(4)])
    ends = [end for one in given for end in one]
    assert {*ends} == {End.OVER, End.TAKEN} and ends.count(End.OVER) == 1, given
    assert min(map(len, given)) == 1 and max(map(len, given)) > 5, "the others rang in vain"
    assert Run.objects.get(pk=run).state == "completed" and len(cluster.said("inject")) == 1
    is_clean(cluster, run)


class Frozen:
    """A hook that lets nothing by from the call on that it waits for, until it is thawed: a SIGSTOP."""

    def __init__(self, at: Callable[[str, tuple[Any, ...]], bool]) -> None:
        self._at, self.is_frozen, self._thawed = at, threading.Event(), threading.Event()

    def __call__(self, verb: str, arguments: tuple[Any, ...]) -> None:
        if not self.is_frozen.is_set() and self._at(verb, arguments):
            self.is_frozen.set()
        if self.is_frozen.is_set():
            self._thawed.wait(2 * PATIENCE)

    def thaw(self) -> None:
        self._thawed.set()


def intends(verb: str, arguments: tuple[Any, ...]) -> bool:
    """What is written before a fault is asked for."""
    return verb == "record" and any(item.requested_at == arguments[2].at for item in arguments[2].progress)


def injects(verb: str, _: tuple[Any, ...]) -> bool:
    return verb == "inject"


def sees_it_in(verb: str, arguments: tuple[Any, ...]) -> bool:
    return verb == "record" and any(item.injected_at for item in arguments[2].progress)


def stops_by_itself(verb: str, arguments: tuple[Any, ...]) -> bool:
    return verb == "record" and bool(arguments[2].marks and arguments[2].marks.ended_at)


@pytest.mark.parametrize("at", [intends, injects, sees_it_in, stops_by_itself])
def test_who_is_frozen_past_its_lease_finds_the_run_taken_and_writes_nothing_more(
    cluster: SharedCluster, at: Callable[[str, tuple[Any, ...]], bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "LEASE", LEASE)
    monkeypatch.setattr(recorder, "RENEW", RENEWED)
    run, frozen = launched(cluster), Frozen(at)
    written: list[bool] = []

    class First(Store):
        def record(self, *arguments: Any) -> bool:
            took = super().record(*arguments)
            written.extend([took] if frozen.is_frozen.is_set() else [])
            return took

    def second() -> list[End]:
        assert frozen.is_frozen.wait(PATIENCE)
        ends = driven(run, ports_of(cluster, Store()))
        frozen.thaw()
        return ends

    first, ends = at_once([partial(drive, run, ports_of(cluster, First(), frozen)), second])
    assert first is End.LOST, first
    assert ends[0] is End.TAKEN and ends[-1] is End.OVER and {*ends} == {End.OVER, End.TAKEN}, ends
    assert not any(written) and (written or at is injects), "what it had to write was refused"
    is_clean(cluster, run)


def meeting(at: Callable[[str, tuple[Any, ...]], bool], gate: threading.Barrier) -> Hook:
    """A hook that waits there for somebody else, once."""
    met: list[str] = []

    def hook(verb: str, arguments: tuple[Any, ...]) -> None:
        if not met and at(verb, arguments):
            met.append(verb)
            gate.wait(PATIENCE)

    return hook


def claims(verb: str, _: tuple[Any, ...]) -> bool:
    return verb == "claim"


@pytest.mark.parametrize("at", [claims, intends, injects, sees_it_in, stops_by_itself])
def test_a_stop_that_meets_a_step_is_the_last_word_on_starting(
    cluster: SharedCluster, at: Callable[[str, tuple[Any, ...]], bool]
) -> None:
    run, gate = launched(cluster), threading.Barrier(2)

    def stopped() -> str:
        gate.wait(PATIENCE)
        now = datetime.now(UTC)
        return stop_run(run, Stop(now, StopKind.PERSON, "Smoke.", "otto"), cluster, Store())  # type: ignore[arg-type]

    ended, failed = at_once(
        [partial(drive, run, ports_of(cluster, Store(), meeting(at, gate))), stopped],
    )
    assert failed == "" and ended in (End.OVER, End.TAKEN), (ended, failed)
    assert Run.objects.get(pk=run).state in ("aborted", "completed" if at is stops_by_itself else "aborted")
    if ended is End.OVER:
        is_clean(cluster, run)
    said, acts = kinds(run), cluster.said("inject", "revert")
    if "injection.requested" in said and "run.stop_wanted" in said:
        assert said.index("injection.requested") < said.index("run.stop_wanted")
    assert "inject" not in acts or "revert" in acts[acts.index("inject") :]


def test_of_launches_at_once_that_are_each_driven_one_becomes_a_fault(cluster: SharedCluster) -> None:
    def launched_and_driven() -> str:
        run = launched(cluster)
        drive(run, ports_of(cluster, Store()))
        return run

    given = at_once([launched_and_driven] * 4)
    (run,) = [one for one in given if isinstance(one, str)]
    assert sum(isinstance(one, Refused) for one in given) == 3, given
    assert Run.objects.get(pk=run).state == "completed" and len(cluster.said("inject")) == 1
    is_clean(cluster, run)


def test_a_launch_that_meets_a_release_injects_once_the_lever_is_up_or_not_at_all(
    cluster: SharedCluster,
) -> None:
    ports = {"practice": cluster}

    def launched_and_driven() -> str:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                run = launched(cluster)
            except GamedayError:
                assert time.monotonic() < until, "nothing may start long after the release"
                continue
            drive(run, ports_of(cluster, Store()))
            return run

    def released() -> int:
        time.sleep(0.2)
        return release("ada", "Gone.", ports, datetime.now(UTC)).on_record  # type: ignore[arg-type]

    assert halt("ada", "Smoke.", ports, datetime.now(UTC)).record_error == ""  # type: ignore[arg-type]
    run, count = at_once([launched_and_driven, released])
    assert count == 1 and isinstance(run, str), (run, count)
    assert cluster.said("pull_lever", "release_lever", "inject") in (
        ["pull_lever", "release_lever", "inject"],
        ["pull_lever", "release_lever"],
    )
    assert Run.objects.get(pk=run).state in ("completed", "aborted")
    is_clean(cluster, run)
