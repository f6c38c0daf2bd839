"""One schedule from its seed to its verdict."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from unittest import mock

from chaos.domain.states import RunState
from chaos.ports import Ports
from chaos.services import recorder, senses
from tests.simulation.actors import Actors, Broker
from tests.simulation.api import Api
from tests.simulation.cluster import Cluster, Temper
from tests.simulation.hazards import HOSTILE, LATEST, Hazards
from tests.simulation.kernel import Kernel, Process
from tests.simulation.ports import Alerts, Clock, Platform, Probes, StoreOf
from tests.simulation.scenario import DURATION, RUN, a_record, nodes
from tests.simulation.store import Ledger
from tests.simulation.threads import Threads
from tests.simulation.verdict import Verdict, judge
from tests.support.builders import pods

QUIET = HOSTILE + LATEST + 70.0
"""When all that was sent in hostile times has landed, and the sweep has come by twice."""
TOLD_BY = HOSTILE + 120.0
"""By then whoever reads "stranded" has mended by hand what only a person can."""
AT_MOST = 1500.0
MOMENTS = (RunState.INJECTING, RunState.INJECTING, RunState.OBSERVING, RunState.REVERTING)
"""A stop is pressed at any time, or just when something is about to happen."""
PROMPT, BEHIND = (0.2, 2.0), (10.0, 40.0)
"""The garbage collector's seconds. One that is behind while a driver sleeps on the wire, past its last check,
leaves nobody who could keep that start from injecting: so much is not promised, and not simulated."""
COARSE = timedelta(seconds=2)


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
    press = partial(actors.start, "person", actors.press_stop)
    if draw.random() < 0.3:
        kernel.at(draw.uniform(*draw.choice(((0.5, 10.0), (7.0, 30.0), (20.0, 100.0)))), press)
    elif draw.random() < 0.5:
        ledger.when = (draw.choice(MOMENTS), lambda: kernel.at(draw.uniform(0.0, 2.0), press))
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


@contextmanager
def production_on(threads: Threads) -> Iterator[None]:
    """The production modules with our threads, and with paces that are coarse enough to go through thousands
    of schedules a minute. What they do is theirs."""
    patches = {
        "chaos.services.senses.threading": threads.threading,
        "chaos.services.senses.queue": threads.queue,
        "chaos.services.senses.time": threads.time,
        "chaos.services.recorder.threading": threads.threading,
        "chaos.services.recorder.Future": threads.future,
        "chaos.services.stop.ThreadPoolExecutor": threads.pool,
        "chaos.services.drive.PATIENCE": 1.0,
    }
    with ExitStack() as stack:
        for name, value in patches.items():
            stack.enter_context(mock.patch(name, value))
        for module, name, value in (
            (senses, "LOOK_EVERY", COARSE),
            (senses, "SIGNALS_EVERY", COARSE / 2),
            (senses, "ALERTS_EVERY", timedelta(hours=1)),
            (recorder, "RETRY", 1.5),
        ):
            stack.enter_context(mock.patch.object(module, name, value))
        logging.disable(logging.CRITICAL)
        try:
            yield
        finally:
            logging.disable(logging.NOTSET)
