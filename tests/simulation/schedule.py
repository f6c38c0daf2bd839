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
from tests.simulation import mishaps
from tests.simulation.actors import Actors, Broker
from tests.simulation.api import Api
from tests.simulation.cluster import Cluster
from tests.simulation.hazards import HOSTILE, LATEST, WATCHDOG, Hazards, Window
from tests.simulation.kernel import Kernel, Process
from tests.simulation.ports import Clock, StoreOf
from tests.simulation.probes import Alerts, Platform, Probes
from tests.simulation.production import production_on
from tests.simulation.scenario import RUN, a_record, nodes
from tests.simulation.store import InMemory, Kept, Ledger
from tests.simulation.temper import Temper
from tests.simulation.threads import Threads
from tests.simulation.unwatched import ended_in_vain, left_alone
from tests.simulation.verdict import Verdict, judge
from tests.support.builders import pods

QUIET = HOSTILE + LATEST + 70.0
"""When all that was sent in hostile times has landed, and the sweep has come by twice."""
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


def simulate(seed: int, keeps_trace: bool = False, keep: Keep = InMemory) -> Outcome:
    """Run the schedule of this seed to its quiet end and judge it. The same seed is the same schedule,
    wherever the run is kept."""
    kernel = Kernel(seed, keeps_trace)
    with production_on(Threads(kernel)):
        return _simulate(seed, kernel, keep)


def _simulate(seed: int, kernel: Kernel, keep: Keep) -> Outcome:
    draw, hazards = kernel.random, Hazards(kernel)
    before = nodes(cordoned=draw.random() < 0.4)
    record = a_record(draw, before["node-0"])
    lies = draw.choice((0.0, 0.0, 0.3))
    temper = Temper(
        keeps_names=draw.random() < 0.3,
        helper_killed=draw.choice((0.0, 0.2, 0.6)),
        helper_lies=lies,
        collects=_collector(draw.random(), hazards.worst == "freeze on the wire"),
        operator_away=_window(kernel, 0.15, 90.0),
        keeps_finalizers=draw.random() < 0.08,
        refuses_evictions=draw.random() < 0.3,
    )
    duration = record.spec.fault.duration.total_seconds()
    cluster = Cluster(kernel, temper, duration, before, {pod.uid: pod for pod in pods()})
    mishaps.plan(cluster)
    platform = Platform(kernel, cluster, breaches=draw.random() < 0.3)
    if not lies:  # a platform and a helper that lie at once leave nothing to tell by
        platform.lies = [_window(kernel, 0.2, 60.0)]
    platform.dead = [_window(kernel, 0.2, 30.0)]
    ledger = Ledger(kernel, keep(record, kernel.instant))

    def ports_of(process: Process) -> Ports:
        clock = Clock(kernel, process)
        return Ports(
            Api(kernel, process, cluster, hazards, clock),  # type: ignore[arg-type]
            Probes(kernel, clock, platform),
            Alerts(clock),
            StoreOf(kernel, process, ledger, hazards),
            clock,
        )

    broker = Broker(kernel, hazards)
    actors = Actors(kernel, hazards, broker, ports_of)
    for name, live in (
        ("worker-1", actors.work),
        ("worker-2", actors.work),
        ("ring", actors.ring),
        ("sweep", actors.sweep),
        (WATCHDOG, actors.watch),
    ):
        actors.start(name, live)
    broker.ring(RUN)
    press, lot = partial(actors.start, "person", actors.press_stop), draw.random()
    if lot < 0.25:
        kernel.at(draw.uniform(*draw.choice(((0.5, 30.0), (10.0, 30.0), (20.0, 100.0)))), press)
    elif lot < 0.6:
        state, within = draw.choice(MOMENTS)
        ledger.when = (state, lambda: kernel.at(draw.uniform(0.0, within), press))

    def mend_by_hand() -> None:
        """Nobody mends what nobody says: a run that is silent about what is left stays unfinished."""
        record = ledger.record_
        if not (record.state.is_final or record.marks.stranded_at):
            kernel.at(READ_EVERY, mend_by_hand)
            return
        temper.keeps_finalizers = False
        if not record.state.is_final:
            cluster.mend_by_hand()

    kernel.at(TOLD_BY, mend_by_hand)
    try:
        kernel.run(AT_MOST, lambda: kernel.now > QUIET and ledger.record_.state.is_final)
        if ledger.late("simulated"):  # whose a stranger's cordon is nobody but a person can tell
            cluster.mend_by_hand(only_strangers=True)
    finally:
        kernel.end()
    verdict = judge(cluster, ledger, actors.pressed_at, actors.failures, hazards)
    verdict.unwatched += [*left_alone(cluster, hazards), *ended_in_vain(cluster, actors.endings)]
    return Outcome(seed, verdict, kernel.switches, kernel.met, kernel.trace or [])


def _collector(lot: float, is_asleep: bool) -> Window | None:
    if lot < 0.3 and is_asleep:
        return None
    return BEHIND if lot < 0.3 else PROMPT


def _window(kernel: Kernel, chance: float, longest: float) -> tuple[float, float]:
    draw = kernel.random
    begins = draw.uniform(5.0, 60.0)
    return (begins, begins + draw.uniform(3.0, longest)) if draw.random() < chance else (0.0, 0.0)
