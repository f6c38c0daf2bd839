"""What befalls where Kubernetes' own API is simulated, each at the worst moment for a rule of the adapter.

Drawn from a stream of its own, so that nothing else of a seed is another for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING

from tests.simulation import neighbour
from tests.simulation.hazards import Window

if TYPE_CHECKING:
    from tests.simulation.objects import Engine
    from tests.simulation.on_the_api.kube import Kube

STRIPPED = 0.15
"""In how many schedules somebody takes the finalizer off an engine that does not go, though its Job is there:
what Litmus makes is owned by nobody."""
UNLISTED = 0.1
"""In how many Gameday may not list what is in the chaos namespace for a while, and may do all else there."""
REMADE = 0.15
"""In how many another machine takes a node's name when that was looked at and is about to be set back."""
SLOW = 0.15
"""In how many the delete of a grant is long on its way, from one who has nothing but the cluster to go by.
Not beside another installation: while that has the grant, nobody in the cluster looks for what is ours."""
SLOWEST = 6.0
"""Seconds: before it would be given up."""
LANDING = 0.5
"""In how many a create without an answer lands while that delete is on its way; likewise."""

NEVER = (0.0, 0.0)


@dataclass
class Mishaps:
    """What is to befall in one schedule; nothing, as long as nobody has drawn it."""

    strips_after: float | None = None
    """Seconds after an engine was told to go."""
    unlisted: Window = NEVER
    remakes_a_node: bool = False
    slows_by: float = 0.0
    """Seconds that the delete of the first grant needs on its way."""
    lands_meanwhile: bool = False
    under_way: Callable[[], object] | None = None
    """Lets a create land that counts as lost for whoever sent it."""

    def is_unlisted(self, since: float, until: float) -> bool:
        """Whether lists were forbidden at any time in between."""
        return self.unlisted[0] < until and since < self.unlisted[1]

    def told_to_go(self, kube: Kube, engine: Engine) -> None:
        if self.strips_after is not None and engine.uid in kube.sent:  # else it is a neighbour's
            kube.kernel.at(self.strips_after, lambda: _strip(kube, engine))
            self.strips_after = None

    def to_be_set_back(self, kube: Kube, name: str) -> None:
        if self.remakes_a_node and name in kube.nodes:
            self.remakes_a_node = False
            fresh = replace(kube.nodes[name], uid=kube.uid("node"), is_schedulable=True)
            kube.say(f"{name} is another machine, as the one before is to be set back")
            kube.kernel.met["a node remade as it is set back"] += 1
            kube.replace_node(fresh)

    def grant_is_to_go(self, kube: Kube) -> float:
        """For how many seconds the delete is on its way, beside what every call needs."""
        by, self.slows_by = self.slows_by, 0.0
        if by:
            kube.kernel.met["a grant's delete slow on its way"] += 1
        land, self.under_way = (self.under_way, None) if self.lands_meanwhile else (None, self.under_way)
        if land:
            made = len(kube.history.engines)
            land()
            kube.kernel.met["a create landing as the grant goes"] += len(kube.history.engines) > made
        return by


def put(seed: int, kube: Kube) -> None:
    draw = Random(f"{seed}/mishaps")
    lots, after, since = [draw.random() for _ in range(5)], draw.uniform(3.0, 30.0), draw.uniform(8.0, 50.0)
    lasts, by = draw.uniform(20.0, 150.0), draw.uniform(0.5, SLOWEST)
    is_alone = neighbour.drawn(seed) is None
    kube.mishaps = Mishaps(
        strips_after=after if lots[0] < STRIPPED else None,
        unlisted=(since, since + lasts) if lots[1] < UNLISTED else NEVER,
        remakes_a_node=lots[2] < REMADE,
        slows_by=by if lots[3] < SLOW and is_alone else 0.0,
        lands_meanwhile=lots[4] < LANDING and is_alone,
    )


def _strip(kube: Kube, engine: Engine) -> None:
    if engine.uid in kube.engines:
        del kube.engines[engine.uid]
        engine.gone_at = kube.kernel.now
        kube.say(f"somebody takes the finalizer off {engine.name} ({engine.uid}), which is gone")
        kube.kernel.met["a finalizer taken off by hand"] += 1
