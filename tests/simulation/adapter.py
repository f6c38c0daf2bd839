"""What is between the services and the simulated cluster: the simulator's own port, or production's."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from tests.simulation.api import Api
from tests.simulation.cluster import Cluster
from tests.simulation.production import production_on
from tests.simulation.scenario import ASKED, Asked
from tests.simulation.threads import Threads
from tests.simulation.verdict import Verdict
from tests.simulation.watchdog import Watchdog


def _nobody(seed: int, cluster: Any) -> None:
    return None


def _nothing_more(cluster: Any, verdict: Verdict) -> None:
    return None


@dataclass(frozen=True)
class Adapter:
    """The `port` of one process and the `watchdog`, the `cluster` that is reached by them, and what is asked
    of it; `judge` adds to the verdict what only this cluster knows."""

    cluster: Callable[..., Any]
    port: Callable[..., Any]
    watchdog: Callable[..., Watchdog]
    asked: Asked
    production: Callable[[Threads], AbstractContextManager[None]]
    judge: Callable[[Any, Verdict], None]
    look_alikes: Callable[[int, Any], None] = _nobody
    """Puts objects beside ours that only look like them."""


SIMULATED = Adapter(Cluster, Api, Watchdog, ASKED, production_on, _nothing_more)
