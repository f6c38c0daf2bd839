"""A ladder of strengths, driven on a practice cluster at twice its pace: each rung over one that is gone.

The probe is the platform itself: it sees how much latency is in, and in which pods.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from threading import Event, Thread

import pytest

from chaos.domain.injection import Progress
from chaos.domain.record import RunRecord, Signals
from chaos.domain.run import Marks
from chaos.domain.sight import AlertsReading, Reading
from chaos.domain.spec import ProbeSpec, RunSpec, Stage, TargetSpec
from chaos.domain.states import RunState, StopKind, Verdict
from chaos.domain.targets import resolve
from chaos.faults.catalogue import FAULTS, plan_injections
from chaos.ports import Ports, RunRef
from chaos.services.drive import End, drive
from tests.adapters.faults.drill import LIMITS, is_whole
from tests.adapters.practice import Practice, practising
from tests.adapters.things import a_run, until
from tests.support.builders import SECOND, a_spec, above, below
from tests.support.memory_store import MemoryStore

pytestmark = pytest.mark.stack
API = TargetSpec("payments", "deployment", {"app": "payments-api"}, count=1)


class Wall:
    def now(self) -> datetime:
        return datetime.now(UTC)


class Calm:
    def read(self) -> AlertsReading:
        now = Wall().now()
        return AlertsReading(now, now, ())


@dataclass
class Latency:
    """The most milliseconds that are in a pod; `seen` is every reading, with in how many pods they are."""

    practice: Practice
    seen: list[tuple[int, int]] = field(default_factory=list)
    mishap: Callable[[], None] | None = None

    def read(self, probe: ProbeSpec) -> Reading:
        asked = Wall().now()
        effects = [pod["effects"] for pod in self.practice.state()["pods"].values()]
        found = [sum(link["latency"] for effect in one for link in effect["answers"]) for one in effects]
        worst = round(max(found) * 1000)
        self.seen.append((worst, sum(latency > 0 for latency in found)))
        if worst and self.mishap:
            self.mishap()
            self.mishap = None
        return Reading(probe.name, asked, Wall().now(), float(worst))

    @property
    def steps(self) -> list[tuple[int, int]]:
        """What was in, one after the other, without what lay between."""
        return [step for step, _ in groupby(self.seen) if step != (0, 0)]


@pytest.fixture(scope="module")
def range_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    with practising(tmp_path_factory.mktemp("ladders"), times_faster=2) as practice:
        until(practice.state, is_whole)
        yield practice


def a_ladder(breach_above: int) -> RunSpec:
    """100, 300 and 500 ms in one pod, six seconds each; it is gone when the probe is below a millisecond."""
    spec = a_spec()
    parameters = FAULTS["pod-network-latency"].canonical({"latency": "100ms", "proven_by": "p99"})
    stages = tuple(Stage(parameters={"latency": f"{latency}ms"}) for latency in (100, 300, 500))
    fault = replace(
        spec.fault,
        fault="pod-network-latency",
        duration=6 * SECOND,
        targets=API,
        parameters=parameters,
        stages=stages,
    )
    (expected,), (aborts,) = spec.expectations, spec.abort_conditions
    return replace(
        spec,
        faults=(fault,),
        expectations=(replace(expected, comparison=below("1")),),
        abort_conditions=(replace(aborts, comparison=above(str(breach_above)), consecutive=1),),
        durations=replace(spec.durations, baseline=2 * SECOND, observe=2 * SECOND),
    )


def driven(
    practice: Practice, spec: RunSpec, mishap: Callable[[], None] | None = None
) -> tuple[MemoryStore, Latency]:
    """`mishap` happens as soon as something is in a pod."""
    ref, now, cluster = RunRef(a_run().run, "bank-1", spec.scenario), Wall().now(), practice.cluster()
    targets = resolve(API, cluster.pods(API.namespace, API.labels), LIMITS)
    first = tuple(plan_injections(ref.short, 0, spec.fault.rungs[0], targets))
    record = RunRecord(
        run=ref.run,
        installation=ref.installation,
        spec=spec,
        spec_digest=spec.digest,
        state=RunState.PENDING,
        state_since=now,
        not_after=now + timedelta(minutes=5),
        marks=Marks(),
        signals=Signals(now),
        injections=first,
        progress=tuple(Progress(item.index) for item in first),
        ceiling=1,
    )
    store, probe = MemoryStore(record, Wall().now), Latency(practice, mishap=mishap)
    assert drive(ref.run, Ports(cluster, probe, Calm(), store, Wall())) is End.OVER
    return store, probe


def test_three_strengths_are_put_in_one_after_the_other_each_once_the_one_before_is_gone(
    range_of_its_own: Practice,
) -> None:
    store, probe = driven(range_of_its_own, a_ladder(breach_above=900))
    assert (store.record_.state, store.stop) == (RunState.COMPLETED, None)
    assert store.verdict is Verdict.DEVIATED
    assert probe.steps == [(100, 1), (300, 1), (500, 1)]
    assert [item.env["NETWORK_LATENCY"] for item in store.record_.injections] == ["100", "300", "500"]
    until(range_of_its_own.state, is_whole)
    assert range_of_its_own.cluster().residue() == ()


def test_a_breach_on_the_second_ends_the_whole_ladder_and_the_third_is_never_put_in(
    range_of_its_own: Practice,
) -> None:
    store, probe = driven(range_of_its_own, a_ladder(breach_above=200))
    assert store.stop and store.stop.kind is StopKind.BREACH
    assert store.record_.state is RunState.ABORTED
    assert probe.steps == [(100, 1), (300, 1)]
    until(range_of_its_own.state, is_whole)
    assert range_of_its_own.cluster().residue() == ()


def test_a_rung_whose_helper_was_killed_ends_the_ladder_at_once_and_its_pod_is_replaced(
    range_of_its_own: Practice,
) -> None:
    """And not after all the time that reverting may take, which is hours here."""
    spec = a_ladder(breach_above=900)
    spec = replace(spec, durations=replace(spec.durations, revert_within=timedelta(hours=4)))
    try:
        store, probe = driven(range_of_its_own, spec, lambda: range_of_its_own.turn(helper="killed"))
    finally:
        range_of_its_own.set_right()
    (injection,), (progress,) = store.record_.injections, store.record_.progress
    assert store.stop and store.stop.kind is StopKind.FAULT
    assert f"the fault was not taken out of {injection.targets[0].name}" in store.stop.reason
    assert probe.steps == [(100, 1)]
    assert progress.injected_at and progress.recreated_at
    assert progress.recreated_at < progress.injected_at + injection.duration + 25 * SECOND
    until(range_of_its_own.state, is_whole)
    assert range_of_its_own.cluster().residue() == ()


def test_an_operator_that_goes_away_in_mid_ladder_ends_it_and_the_run_is_over_when_it_is_back(
    range_of_its_own: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chaos.domain.climbing.GONE_WITHIN", 8 * SECOND)
    spec, back = a_ladder(breach_above=900), Event()

    def comes_back() -> None:
        back.wait(20)
        range_of_its_own.turn(operator="up")

    absence = Thread(target=comes_back)
    absence.start()
    try:
        store, probe = driven(range_of_its_own, spec, lambda: range_of_its_own.turn(operator="down"))
    finally:
        back.set()
        absence.join()
        range_of_its_own.set_right()
    (injection,) = store.record_.injections
    assert store.stop and store.stop.kind is StopKind.FAULT
    assert f"there is still ChaosEngine chaos/{injection.name}" in store.stop.reason
    assert probe.steps == [(100, 1)]
    assert store.record_.state is RunState.FAILED
    until(range_of_its_own.state, is_whole)
    assert range_of_its_own.cluster().residue() == ()
