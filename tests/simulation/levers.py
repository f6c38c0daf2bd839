"""The halt lever in a schedule: who pulls which of the two and when, and whether it is released again.

Drawn from a stream of its own, so that nothing else of a seed is another for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from random import Random

from chaos.domain.errors import GamedayError
from chaos.domain.run import Stop
from chaos.domain.states import RunState, StopKind
from chaos.ports import Ports
from chaos.services.by_labels import halt_by_labels
from chaos.services.halting import PAUSE, _Sweep
from tests.simulation.kernel import Kernel, Process
from tests.simulation.scenario import SECOND
from tests.simulation.threads import Pool

OFTEN = 0.3
"""In how many schedules it is pulled."""
WHY = "Storm."
BOTH, CLUSTERS = "both", "the cluster's, by labels"
ALONE, DATABASES = "the cluster's alone", "the database's alone"
"""A halt from a page or the command line, and one by labels as break glass and halt.sh make it. Somebody with
kubectl who pulls the lever and deletes nothing. A halt that does not get through to the cluster."""
WAYS = (BOTH, CLUSTERS, ALONE, DATABASES)
MOMENTS = (
    (RunState.BASELINING, 4.0, 8.0),
    (RunState.BASELINING, 5.5, 8.0),
    (RunState.INJECTING, 0.0, 2.0),
    (RunState.INJECTING, 3.0, 7.0),
    (RunState.INJECTING, 3.0, 7.0),
    (RunState.INJECTING, 3.0, 20.0),
)
"""Around a start: between so many seconds after the run came into a state. A baseline takes six."""


@dataclass(frozen=True)
class Plan:
    """`at`: seconds after the launch, or after the run came into a state. `tells`: whether it stops the run
    that is live, too; one that is launched in the same instant it may miss. `lasts`: seconds, or for good."""

    way: str
    at: float
    state: RunState | None
    tells: bool
    lasts: float | None

    @property
    def is_alone(self) -> bool:
        """Whether the lever is all that there is to stop the run."""
        return self.way == ALONE or (self.way == DATABASES and not self.tells)


def drawn(seed: int) -> Plan | None:
    draw = Random(f"{seed}/lever")
    if draw.random() >= OFTEN:
        return None
    way, lot = draw.choice(WAYS), draw.random()
    state: RunState | None
    state, least, most = draw.choice(MOMENTS)
    if lot < 0.05:
        state, at = None, 0.0
    elif lot < 0.2:
        state, at = None, draw.uniform(0.0, 80.0)
    else:
        at = draw.uniform(least, most)
    lasts = draw.choice((None, None, None, draw.uniform(0.5, 5.0), draw.uniform(5.0, 120.0)))
    return Plan(way, at, state, draw.random() < 0.3, lasts)


class Halter:
    """Whoever halts, and releases it later. Killed, somebody else goes on with it."""

    def __init__(self, kernel: Kernel, plan: Plan) -> None:
        self._kernel, self._plan = kernel, plan
        self._is_down = False

    def live(self, process: Process, ports: Ports) -> None:
        plan = self._plan
        if not self._is_down:
            self._do(process, [partial(deed, ports) for deed in self._deeds()])
            self._is_down = True
            self._kernel.met[f"a lever pulled: {plan.way}"] += 1
        if plan.lasts is not None:
            self._kernel.sleep(plan.lasts)
            self._release(process, ports)
            self._kernel.met["a lever released"] += 1
        process.on_death.clear()

    def _deeds(self) -> list[Callable[[Ports], None]]:
        return {
            BOTH: [self._sweep, self._write],
            CLUSTERS: [self._by_labels],
            ALONE: [self._lever],
            DATABASES: [self._write],
        }[self._plan.way]

    def _do(self, process: Process, deeds: list[Callable[[], None]]) -> None:
        """Beside each other, as chaos.services.halting does it."""
        self._kernel.say(process.name, f"halts: {self._plan.way}")
        with Pool(self._kernel) as pool:
            acts = [pool.submit(deed) for deed in deeds]
        for act in acts:
            act.result()

    def _sweep(self, ports: Ports) -> None:
        _Sweep("simulated", ports.cluster, WHY, ports.clock.now(), PAUSE).try_often()

    def _by_labels(self, ports: Ports) -> None:
        halt_by_labels({"simulated": ports.cluster}, WHY, 10 * SECOND)

    def _lever(self, ports: Ports) -> None:
        self._until(partial(ports.cluster.pull_lever, WHY))

    def _write(self, ports: Ports) -> None:
        stop = Stop(ports.clock.now(), StopKind.HALT, f"Halted: {WHY}", "otto") if self._plan.tells else None
        self._until(partial(ports.store.pull_lever, WHY, stop))  # type: ignore[attr-defined]

    def _release(self, process: Process, ports: Ports) -> None:
        """As chaos.services.releasing: recorded first, then done."""
        self._kernel.say(process.name, "releases the halt")
        self._until(ports.store.release_lever)  # type: ignore[attr-defined]
        self._until(ports.cluster.release_lever)

    def _until(self, deed: Callable[[], object]) -> None:
        """Tried again until it is through."""
        while True:
            try:
                deed()
            except GamedayError:
                self._kernel.sleep(PAUSE)
            else:
                return
