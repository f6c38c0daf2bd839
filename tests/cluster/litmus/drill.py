"""An injection as the practice cluster's drill makes it, against Litmus itself."""

from __future__ import annotations

from chaos.domain.injection import Injection
from chaos.domain.sight import ClusterSight
from tests.adapters.faults.drill import Drill, State, is_whole
from tests.adapters.things import a_run, until
from tests.cluster.litmus.bank import Bank


class RealDrill(Drill):
    def __init__(self, bank: Bank) -> None:
        self.bank, self.ref, self.make = bank, a_run(), bank.cluster
        self._was_in = False

    def state(self) -> State:
        return self.bank.state()

    def comes_back(self, injection: Injection, sight: ClusterSight) -> None:
        """What the drive does about what Litmus left, and then the bank is whole."""
        self.redress(injection, sight)
        until(self.state, is_whole, seconds=60)
        self.ends_clean(injection)
