"""Another installation of Gameday on the same cluster: it takes the grant once that is free, injects, goes.

It does nothing to us; it is there for what ours must never do to it. Drawn from a stream of its own, so that
nothing else of a seed is another for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise
from random import Random
from typing import Any

from chaos.adapters.litmus_manifests import GRANT_SECONDS
from chaos.adapters.litmus_start import LEVER_HOLDS
from chaos.domain.states import RunState
from chaos.ports import RunRef
from tests.simulation.cluster import Cluster
from tests.simulation.hazards import WATCHDOG, Hazards
from tests.simulation.kernel import Process
from tests.simulation.objects import Engine, Grant
from tests.simulation.verdict import Verdict
from tests.simulation.watchdog import EVERY
from tests.support.builders import a_spec, injections_of

OFTEN = 0.18
"""In how many schedules there is one."""
THEIRS = RunRef("1a2b3c4d-0000-4000-8000-000000000000", "elsewhere", "theirs")
INJECTION = replace(injections_of(a_spec())[0], name=f"gd-{THEIRS.short}-0", targets=())
"""Its targets are nobody's that we know."""
BEAT_EVERY, LOOK_EVERY = 5.0, 1.5
LATEST_TO_COME = 200.0


@dataclass(frozen=True)
class Plan:
    """In seconds: when it comes, for how long it waits for the grant, how long it stays, and after how
    many of those it falls silent for good, if it does."""

    at: float
    waits: float
    stays: float
    is_silent_after: float | None


def drawn(seed: int) -> Plan | None:
    draw = Random(f"{seed}/neighbour")
    if draw.random() >= OFTEN:
        return None
    at = draw.choice((0.0, draw.uniform(0.0, 1.5), draw.uniform(3.0, 80.0), draw.uniform(3.0, 80.0)))
    waits, stays = draw.uniform(20.0, 160.0), draw.uniform(8.0, 60.0)
    return Plan(at, waits, stays, draw.uniform(2.0, stays) if draw.random() < 0.25 else None)


@dataclass
class Neighbour:
    """What it has in the cluster, and what of ours turned on that, in sentences."""

    cluster: Cluster
    plan: Plan
    grant: Grant | None = None
    engine: Engine | None = None
    beats: list[float] = field(default_factory=list)
    held: tuple[float, float] | None = None
    """When it had the grant, the end as far as it is known."""
    is_over: bool = False
    wronged: list[str] = field(default_factory=list)
    passes: dict[Process, float] = field(default_factory=dict)
    """Who is ending everything of everybody just now, and when the look was that the watchdog goes by."""

    def __post_init__(self) -> None:
        self.kernel = self.cluster.kernel
        self.cluster.touched = self.touched
        if self.plan.at:
            self.kernel.at(self.plan.at, self._come)
        else:
            self._come()

    # What it does

    def _come(self) -> None:
        cluster, plan, now = self.cluster, self.plan, self.kernel.now
        if cluster.grant or cluster.lever:
            self.is_over = now > min(plan.at + plan.waits, LATEST_TO_COME)
            self.kernel.met["a neighbour kept waiting"] += 1
            if not self.is_over:
                self.kernel.at(LOOK_EVERY, self._come)
            return
        self.kernel.met["a neighbour there first" if not now else "a neighbour took the grant"] += 1
        self.grant = cluster.grant = Grant(cluster.uid("grant"), THEIRS, "")
        self.held = (now, now)
        cluster.say(f"grant {self.grant.uid} made for {THEIRS.installation}")
        self._beat()
        self.kernel.at(min(3.0, plan.stays / 2), self._inject)
        self.kernel.at(plan.stays, self._leave)

    @property
    def _is_silent(self) -> bool:
        after, since = self.plan.is_silent_after, (self.held or (0.0, 0.0))[0]
        return after is not None and self.kernel.now >= since + after

    def _beat(self) -> None:
        if self.grant and self.cluster.grant is self.grant and not self._is_silent:
            self.grant.renewed = self.kernel.instant().isoformat()
            self.beats.append(self.kernel.now)
            self._there()
            self.kernel.at(BEAT_EVERY, self._beat)

    def _inject(self) -> None:
        """By its own last look: the grant is its own, the lever up."""
        cluster, now = self.cluster, self.kernel.now
        if cluster.grant is not self.grant or self.grant is None or cluster.lever or self._is_silent:
            return
        engine = Engine(cluster.uid("engine"), INJECTION.name, self.grant.uid, THEIRS, INJECTION, now, now)
        self.engine = cluster.engines[engine.uid] = engine
        cluster.say(f"{engine.name} ({engine.uid}) made for {THEIRS.installation}")
        cluster.soon(1.0, 4.0, partial(cluster.reconcile, engine))

    def _leave(self) -> None:
        """Engine first; the grant once that is gone. One that fell silent leaves it all to the watchdog."""
        cluster = self.cluster
        if self._is_silent:
            self.kernel.met["a neighbour fell silent"] += 1
        elif self.engine:
            cluster.delete_engine(self.engine.uid)
        there = self._there()
        if there == {self.grant and self.grant.uid} and self.grant and not self._is_silent:
            cluster.delete_grant(self.grant.uid)
        if there:
            self.kernel.at(LOOK_EVERY, self._leave)
            return
        for name in [name for name, ref in cluster.result_refs.items() if ref == THEIRS]:
            cluster.results.pop(name, None)
            cluster.result_refs.pop(name)
        self.is_over = True

    def _there(self) -> set[str]:
        """UIDs of what is there of it."""
        cluster, found = self.cluster, set[str]()
        if self.grant and cluster.grant is self.grant:
            found.add(self.grant.uid)
            self.held = ((self.held or (0.0, 0.0))[0], self.kernel.now)
        made: tuple[Any, ...] = (*cluster.helpers.values(), *vars(cluster).get("jobs", {}).values())
        found |= {one.uid for one in made if one.engine is self.engine}
        return found | {uid for uid, engine in cluster.engines.items() if engine is self.engine}

    # What is done to it

    def listen(self, process: Process, port: Any) -> None:
        """A halt and the watchdog end everything of every installation; while they do is written down."""
        for verb in ("revert_all", "end_everything"):
            setattr(port, verb, partial(self._ending, process, port, getattr(port, verb)))

    def _ending(self, process: Process, port: Any, deed: Callable[[], Any]) -> Any:
        self.passes[process] = port.looked_at
        try:
            return deed()
        finally:
            self.passes.pop(process, None)

    def touched(self, process: Process, uid: str) -> None:
        """That this process asks for a change of the object that has this UID."""
        if uid in self._there() and not self._may(process):
            whose = f"{uid}, of {THEIRS.installation}"
            self.wronged.append(f"{process.name} turned on {whose}, at {self.kernel.now:.1f}")

    def _may(self, process: Process) -> bool:
        """Whoever halts; and the watchdog, with the lever down, with nobody heard of, while it has seen
        nothing since the grant is another's, and goes on with what it had begun, or once that grant is gone:
        then the rest is garbage."""
        if process.name != WATCHDOG or process not in self.passes:
            return process in self.passes
        if self.cluster.grant is not self.grant:
            return True
        now, since = self.kernel.now, (self.held or (0.0, 0.0))[0]
        is_halted = any(until > since for _, until in self.cluster.halt.spans)
        gaps = [later - earlier for earlier, later in pairwise([*self.beats, now])]
        is_unheard = max(gaps) >= GRANT_SECONDS - 2 * EVERY
        return is_halted or is_unheard or self.passes[process] < since

    def judge(self, verdict: Verdict, hazards: Hazards) -> None:
        """Nothing of ours is sent while the grant is another's, but by one who had slept on its way to the
        wire, and whose grant is gone; nothing is owned by the grant of another; and no run is completed that
        never had one."""
        verdict.others += self.wronged
        history = self.cluster.history
        if not history.beats and (history.engines or verdict.state == RunState.COMPLETED.value):
            verdict.others.append(f"without a grant, the run came to be {verdict.state}")
        (since, until), within = self.held or (0.0, 0.0), LEVER_HOLDS + hazards.pace + 0.1
        for engine in history.engines:
            if self.grant and engine.owner == self.grant.uid:
                verdict.others.append(f"{engine.uid} is owned by the grant of {THEIRS.installation}")
            elif since + within < engine.sent_at < until and engine.sent_at not in hazards.slept:
                verdict.others.append(f"{engine.uid} was sent at {engine.sent_at:.1f}, the grant another's")
