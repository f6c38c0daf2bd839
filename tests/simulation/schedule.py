"""One schedule from its seed to its verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from chaos.domain.record import RunRecord
from chaos.domain.states import RunState
from chaos.ports import Ports
from tests.simulation import ladder, levers, mishaps, neighbour, stuck
from tests.simulation.actors import Actors, Broker
from tests.simulation.adapter import SIMULATED, Adapter
from tests.simulation.hazards import HOSTILE, LATEST, WATCHDOG, Hazards, Window
from tests.simulation.kernel import Kernel, Process
from tests.simulation.ports import Clock, StoreOf
from tests.simulation.probes import Alerts, Platform, Probes
from tests.simulation.scenario import RUN, a_record, nodes
from tests.simulation.store import InMemory, Kept, Ledger
from tests.simulation.temper import Temper
from tests.simulation.threads import Threads
from tests.simulation.unwatched import ended_in_vain, left_alone
from tests.simulation.verdict import Verdict, judge, went_on_blind
from tests.support.builders import pods

SWEPT = 70.0
"""In which the sweep comes by twice."""
QUIET = HOSTILE + LATEST + SWEPT
"""When all that was sent in hostile times has landed, and was swept, unless somebody still sleeps."""
TOLD_BY = HOSTILE + 120.0
"""From then on whoever reads "stranded" mends by hand what only a person can."""
READ_EVERY = 10.0
AT_MOST = 1500.0
MOMENTS = (
    (RunState.INJECTING, 2.0),
    (RunState.INJECTING, 14.0),
    (RunState.OBSERVING, 4.0),
    (RunState.REVERTING, 6.0),
)
"""A stop is pressed at any time, or so many seconds, at the most, after the run came into a state."""
PROMPT, BEHIND = (0.2, 2.0), (10.0, 40.0)
"""The garbage collector's seconds. One that is behind while a driver sleeps on the wire, past its last check,
leaves nobody who could keep that start from injecting. That it does not is not promised then; that it is
swept is, and that what it did is undone."""


@dataclass
class Outcome:
    seed: int
    verdict: Verdict
    switches: int
    met: Counter[str]
    """What went wrong in it, and how often."""
    trace: list[str]


Keep = Callable[[RunRecord, Callable[[], datetime]], Kept]


def simulate(
    seed: int, keeps_trace: bool = False, keep: Keep = InMemory, adapter: Adapter = SIMULATED
) -> Outcome:
    """Run the schedule of this seed to its quiet end and judge it. The same seed is the same schedule,
    wherever the run is kept; with another adapter it is another one."""
    kernel = Kernel(seed, keeps_trace)
    with adapter.production(Threads(kernel)):
        return _simulate(seed, kernel, keep, adapter)


def _simulate(seed: int, kernel: Kernel, keep: Keep, adapter: Adapter) -> Outcome:
    draw, hazards = kernel.random, Hazards(kernel)
    before = nodes(cordoned=draw.random() < 0.4)
    record = ladder.maybe(seed, a_record(draw, before["node-0"], adapter.asked))
    lies = draw.choice((0.0, 0.0, 0.3))
    temper = Temper(
        keeps_names=draw.random() < 0.3,
        helper_killed=draw.choice((0.0, 0.2, 0.6)),
        helper_lies=lies,
        collects=_collector(draw.random(), hazards.worst == "freeze on the wire"),
        operator_away=_window(kernel, 0.15, 90.0),
        keeps_finalizers=draw.random() < 0.08,
        refuses_evictions=draw.random() < 0.5,
    )
    duration = record.spec.fault.duration.total_seconds()
    cluster = adapter.cluster(kernel, temper, duration, before, {pod.uid: pod for pod in pods()})
    mishaps.plan(cluster)
    platform = Platform(kernel, cluster, breaches=draw.random() < 0.3)
    if not lies:  # a platform and a helper that lie at once leave nothing to tell by
        platform.lies = [_window(kernel, 0.2, 60.0)]
    platform.dead = [_window(kernel, 0.2, 30.0), *stuck.blind(seed)]
    loops = stuck.loops(seed, kernel)
    ledger = Ledger(kernel, keep(record, kernel.instant))

    def ports_of(process: Process) -> Ports:
        clock = Clock(kernel, process)
        port = adapter.port(kernel, process, cluster, hazards, clock)
        if other:
            other.listen(process, port)
        ports = Ports(
            port,
            Probes(kernel, clock, platform),
            Alerts(clock),
            StoreOf(kernel, process, ledger, hazards),
            clock,
        )
        return loops.listen(process, ports)

    broker = Broker(kernel, hazards)
    actors = Actors(kernel, hazards, broker, ports_of, adapter.watchdog)
    for name, live in (
        ("worker-1", actors.work),
        ("worker-2", actors.work),
        ("ring", actors.ring),
        ("sweep", actors.sweep),
        (WATCHDOG, actors.watch),
    ):
        actors.start(name, live)
    broker.ring(RUN)
    ledger.whens.append((RunState.INJECTING, hazards.one_is_asked_for))
    hazards.one_is_there(lambda: cluster.history.has_injected(RUN))
    halt, lot = levers.drawn(seed), draw.random()
    press = partial(hazards.once_one_was, partial(actors.start, "person", actors.press_stop))
    if halt:
        pull = partial(actors.start, "halt", levers.Halter(kernel, halt).live)
        _plan(halt, kernel, ledger, partial(hazards.once_one_was, pull))
    if halt and halt.is_alone:  # nobody else stops it
        pass
    elif lot < 0.25:
        kernel.at(draw.uniform(*draw.choice(((0.5, 30.0), (10.0, 30.0), (20.0, 100.0)))), press)
    elif lot < 0.6:
        state, within = draw.choice(MOMENTS)
        ledger.whens.append((state, lambda: kernel.at(draw.uniform(0.0, within), press)))

    def mend_by_hand() -> None:
        """Nobody mends what nobody says: a run that is silent about what is left stays unfinished."""
        record = ledger.record_
        if not (record.state.is_final or record.marks.stranded_at):
            kernel.at(READ_EVERY, mend_by_hand)
            return
        temper.keeps_finalizers = False
        if not record.state.is_final:
            cluster.mend_by_hand()

    def is_over() -> bool:
        quiet = max(QUIET, kernel.awake_by + SWEPT)
        return kernel.now > quiet and ledger.record_.state.is_final and (other is None or other.is_over)

    kernel.at(TOLD_BY, mend_by_hand)
    adapter.look_alikes(seed, cluster)
    there = neighbour.drawn(seed)
    other = neighbour.Neighbour(cluster, there) if there else None
    try:
        with stuck.in_place(loops):
            kernel.run(AT_MOST, is_over)
        if ledger.late("simulated"):  # whose a stranger's cordon is nobody but a person can tell
            cluster.mend_by_hand(only_strangers=True)
    finally:
        kernel.end()
    verdict = judge(cluster, ledger, actors.pressed_at, actors.failures, hazards)
    adapter.judge(cluster, verdict)
    if other:
        other.judge(verdict, hazards)
    verdict.signs += loops.signs
    verdict.duplicates += ladder.two_at_once(cluster, hazards.slept)
    kernel.met["a stage climbed"] += any(fault.engine.injection.rung for fault in cluster.history.faults)
    verdict.ignored += went_on_blind(ledger, platform.dead)
    verdict.unwatched += [*left_alone(cluster, hazards), *ended_in_vain(cluster, actors.endings)]
    return Outcome(seed, verdict, kernel.switches, kernel.met, kernel.trace or [])


def _plan(halt: levers.Plan, kernel: Kernel, ledger: Ledger, pull: Callable[[], object]) -> None:
    if halt.state is None:
        kernel.at(halt.at, pull)
    else:
        ledger.whens.append((halt.state, lambda: kernel.at(halt.at, pull)))


def _collector(lot: float, is_asleep: bool) -> Window | None:
    if lot < 0.3 and is_asleep:
        return None
    return BEHIND if lot < 0.3 else PROMPT


def _window(kernel: Kernel, chance: float, longest: float) -> tuple[float, float]:
    draw = kernel.random
    begins = draw.uniform(5.0, 60.0)
    return (begins, begins + draw.uniform(3.0, longest)) if draw.random() < chance else (0.0, 0.0)
