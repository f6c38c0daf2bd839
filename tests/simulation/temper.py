"""How the parts of one simulated cluster behave, drawn from the seed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Temper:
    keeps_names: bool = False
    """As a StatefulSet does: what comes for a pod has its name, and another UID."""
    helper_killed: float = 0.0
    """How often a helper is killed before it has undone the fault, and cannot say so either."""
    helper_lies: float = 0.0
    """How often a helper says that it undid the fault, and did not."""
    collects: tuple[float, float] | None = (0.2, 2.0)
    """How many seconds the garbage collector takes. Litmus needs longer before it injects; a collector that
    is behind gives it the time. None: there is none, and only the sweeps are left."""
    operator_away: tuple[float, float] = (0.0, 0.0)
    keeps_finalizers: bool = False
    """Engines that were told to go stay, until a person takes their finalizer off."""
    refuses_evictions: bool = False
    """As a PodDisruptionBudget does that allows none: a drained node keeps its pods."""
