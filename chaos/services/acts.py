"""What a step works with, and how an act on the cluster is begun: beside the driver, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from chaos.domain.run import RunView
from chaos.domain.sight import Reading
from chaos.ports import Ports, RunRef, Senses
from chaos.services.recorder import Recorder

LATE_CREATE = timedelta(seconds=65)
"""How long a create whose answer was lost may still land (kube-apiserver --request-timeout, 60 s)."""

GRANT, INJECT, REVERT, READ, CLEAR = "grant", "inject", "revert", "read", "clear"
RECREATE, RESTORE = "recreate", "restore"
END_RUNG, CLIMB = "end of the rung", "climb"


@dataclass(frozen=True, slots=True)
class Tools:
    """What a step works with."""

    ref: RunRef
    ports: Ports
    senses: Senses
    recorder: Recorder
    spec_digest: str
    readings: Callable[[], tuple[Reading, ...]]
    """Every reading of the run so far, for the verdict."""
    ceiling: int = 0
    """What a later rung of a ladder may touch at the most."""
    fence: int = 0
    """With which this driver took the run."""


def act(view: RunView, name: str, tools: Tools, deed: Callable[[], object]) -> RunView:
    """Begin `deed`; its end comes as news under this name."""
    tools.senses.act(name, deed)
    return replace(view, acting=view.acting | {name}, last_act_at=tools.ports.clock.now())
