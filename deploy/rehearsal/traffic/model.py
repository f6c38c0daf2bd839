"""The whole of the traffic: one tick moves payments, fraud scoring, ledger and brokers on together."""

import random

from deploy.rehearsal.traffic.brokers import Brokers
from deploy.rehearsal.traffic.payments import Payments
from deploy.rehearsal.traffic.totals import Totals
from deploy.rehearsal.traffic.view import PlatformView

TICK = 0.1  # seconds


class Traffic:
    """Seeded, so that the same platform history gives the same counters."""

    def __init__(self, seed: int = 7) -> None:
        self.totals = Totals()
        self.brokers = Brokers()
        self.payments = Payments(self.totals, random.Random(seed))
        self._now = 0.0
        self._owed = 0.0  # time told of and not lived through yet, less than one tick

    def advance(self, view: PlatformView, seconds: float) -> None:
        """Live through `seconds` in whole ticks of 100 ms under one view; what is left over waits."""
        self._owed += seconds
        while self._owed > TICK - 1e-6:
            self._now += TICK
            self._owed -= TICK
            good = self.payments.tick(self._now, view, TICK)
            self.brokers.tick(good, view.brokers, TICK)
