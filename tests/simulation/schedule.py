"""One schedule from its seed to its verdict."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from chaos.domain.states import RunState
from chaos.ports import Ports
from tests.simulation.actors import Actors, Broker
from tests.simulation.api import Api
from tests.simulation.cluster import Cluster
from tests.simulation.hazards import HOSTILE, LATEST, Hazards
from tests.simulation.kernel import Kernel, Process
from tests.simulation.ports import Clock, StoreOf
from tests.simulation.probes import Alerts, Platform, Probes
from tests.simulation.production import production_on
from tests.simulation.scenario import DURATION, RUN, a_record, nodes
from tests.simulation.store import Ledger
from tests.simulation.temper import Temper
from tests.simulation.threads import Threads
from tests.simulation.verdict import Verdict, judge
from tests.support.builders import pods

QUIET = HOSTILE + LATEST + 70.0
"""When all that was sent in hostile times has landed, and the sweep has come by twice."""
TOLD_BY = HOSTILE + 120.0
"""By then whoever reads "stranded" has mended by hand what only a person can."""
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
leaves nobody who could keep that start from injecting: so much is not promised, and not simulated."""


@dataclass
class Outcome:
    seed: int
    verdict: Verdict
    switches: int
    trace: list[str]


def simulate(seed: int, keeps_trace: bool = False) -> Outcome:
    """Run the schedule of this seed to its quiet end and judge it. The same seed is the same schedule."""
    kernel = Kernel(seed, keeps_trace)
    with production_on(Threads(kernel)):
        return _simulate(seed, kernel)


def _simulate(seed: int, kernel: Kernel) -> Outcome:
    draw, hazards = kernel.random, Hazards(kernel)
    before = nodes(cordoned=draw.random() < 0.4)
    record = a_record(draw, before["node-0"])
    lies = draw.choice((0.0, 0.0, 0.3))
    temper = Temper(
        keeps_names=draw.random() < 0.3,
        helper_killed=draw.choice((0.0, 0.2, 0.6)),
        helper_lies=lies,
        # One that is behind while a process sleeps on the wire leaves nobody who could stop that start.
        collects=(10.0, 40.0)
        if hazards.worst != "freeze on the wire" and draw.random() < 0.3
        else (0.2, 2.0),
        operator_away=_window(kernel, 0.15, 90.0),
    )
    cluster = Cluster(kernel, temper, DURATION, before, {pod.uid: pod for pod in pods()})
    platform = Platform(kernel, cluster, breaches=draw.random() < 0.3)
    if not lies:  # a platform and a helper that lie at once leave nothing to tell by
        platform.lies = [_window(kernel, 0.2, 60.0)]
    platform.dead = [_window(kernel, 0.2, 30.0)]
    ledger = Ledger(record, kernel.instant, kernel=kernel)

    def ports_of(process: Process) -> Ports:
        clock = Clock(kernel, process)
        return Ports(
            Api(kernel, process, cluster, hazards),  # type: ignore[arg-type]
            Probes(kernel, process, platform),
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
    ):
        actors.start(name, live)
    broker.ring(RUN)
    press, lot = partial(actors.start, "person", actors.press_stop), draw.random()
    if lot < 0.25:
        kernel.at(draw.uniform(*draw.choice(((0.5, 30.0), (10.0, 30.0), (20.0, 100.0)))), press)
    elif lot < 0.6:
        state, within = draw.choice(MOMENTS)
        ledger.when = (state, lambda: kernel.at(draw.uniform(0.0, within), press))
    kernel.at(TOLD_BY, lambda: None if ledger.record_.state.is_final else cluster.mend_by_hand())
    try:
        kernel.run(AT_MOST, lambda: kernel.now > QUIET and ledger.record_.state.is_final)
    finally:
        kernel.end()
    verdict = judge(cluster, ledger, actors.pressed_at, actors.failures)
    return Outcome(seed, verdict, kernel.switches, kernel.trace or [])


def _window(kernel: Kernel, chance: float, longest: float) -> tuple[float, float]:
    draw = kernel.random
    begins = draw.uniform(5.0, 60.0)
    return (begins, begins + draw.uniform(3.0, longest)) if draw.random() < chance else (0.0, 0.0)
