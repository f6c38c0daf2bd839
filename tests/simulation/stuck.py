"""Two things that befall a driver while its process lives: its loop hangs, or Prometheus leaves it blind.

Drawn from streams of their own, so that nothing else of a seed is another for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from random import Random
from typing import Any
from unittest import mock

from chaos.domain.decide import decide
from chaos.domain.decisions import Decision
from chaos.domain.run import RunView
from chaos.ports import Ports
from tests.simulation.hazards import Window
from tests.simulation.kernel import Kernel, Process
from tests.simulation.threads import FOR_EVER

BLIND_OFTEN = HANGS_OFTEN = 0.1
"""In how many schedules."""
GIVEN_UP = 12.1
"""Seconds after which a driver whose loop hangs gives no sign of life (chaos.services.recorder.STUCK)."""


def blind(seed: int) -> list[Window]:
    """When Prometheus is away for long while there is a fault."""
    draw = Random(f"{seed}/blind")
    begins = draw.uniform(5.0, 20.0)
    window = begins, begins + draw.uniform(10.0, 60.0)
    return [window] if draw.random() < BLIND_OFTEN else []


@dataclass
class Loops:
    """The drivers' loops, one of which, from an instant on, never comes round again.

    `signs`: those of life that it gave long after, in sentences.
    """

    kernel: Kernel
    hangs_at: float
    hung: tuple[Process, float] | None = None
    signs: list[str] = field(default_factory=list)

    def decide(self, view: RunView, now: datetime) -> Decision:
        kernel = self.kernel
        if self.hung is None and kernel.now > self.hangs_at and view.marks.granted_at:
            self.hung = kernel.process, kernel.now
            kernel.met["a loop hung"] += 1
            kernel.say(kernel.process.name, "its loop HANGS")
            kernel.park(FOR_EVER)
        return decide(view, now)

    def listen(self, process: Process, ports: Ports) -> Ports:
        """These ports; signs of life that are begun on them are noted where they ought not to be."""
        for part, verb in ((ports.cluster, "beat"), (ports.store, "renew")):
            setattr(part, verb, partial(self._heard, process, verb, getattr(part, verb)))
        return ports

    def _heard(self, process: Process, verb: str, deed: Callable[..., Any], *said: Any) -> Any:
        now, (stuck, since) = self.kernel.now, self.hung or (None, 0.0)
        if process is stuck and now > since + GIVEN_UP:
            self.signs.append(f"{process.name}: {verb} at {now:.1f}, its loop hung since {since:.1f}")
        return deed(*said)


def loops(seed: int, kernel: Kernel) -> Loops:
    draw = Random(f"{seed}/loop")
    at = draw.uniform(3.0, 40.0)
    return Loops(kernel, at if draw.random() < HANGS_OFTEN else FOR_EVER)


@contextmanager
def in_place(of: Loops) -> Iterator[None]:
    with mock.patch("chaos.services.drive.decide", of.decide):
        yield
