"""payments-api's calls to fraud-detector: one for each payment, with a timeout and a circuit breaker.

Without a score the payment goes through on fixed rules (a fallback), so a lost fraud-detector costs latency
until the breaker opens, and never a payment.
"""

import random
from collections.abc import Sequence

from deploy.rehearsal.traffic.breaker import Breaker
from deploy.rehearsal.traffic.pool import Pool
from deploy.rehearsal.traffic.queueing import FRAUD
from deploy.rehearsal.traffic.totals import Totals
from deploy.rehearsal.traffic.view import PodFact

SERVICE = "fraud-detector"
TIMEOUT = 1.0  # seconds payments-api waits for a score
REFUSED = 0.002  # seconds until a refused connection is noticed


class FraudCalls:
    def __init__(self, totals: Totals, rng: random.Random) -> None:
        self._totals, self._rng = totals, rng
        self._pool = Pool(FRAUD)
        self.breaker = Breaker()

    def score(self, now: float, payments: int, pods: Sequence[PodFact], dt: float) -> list[float]:
        """Seconds that scoring adds to each of this tick's payments."""
        self._pool.update(pods)
        calls = self.breaker.allowance(now, payments)
        answers = self._pool.serve(calls, dt, self._rng)
        delays = [self._call(answer.latency) for answer in answers]
        delays += [self._call(None)] * (calls - len(answers)) if calls > len(answers) else []
        failures = sum(failed for _, failed in delays)
        self.breaker.record(now, calls, failures)
        self._totals.fallbacks += payments - calls + failures
        return [seconds for seconds, _ in delays] + [0.0] * (payments - calls)

    def _call(self, latency: float | None) -> tuple[float, bool]:
        if latency is None:
            self._totals.count(SERVICE, 503, REFUSED)
            return REFUSED, True
        if latency > TIMEOUT:
            self._totals.count(SERVICE, 504, TIMEOUT)
            return TIMEOUT, True
        self._totals.count(SERVICE, 200, latency)
        return latency, False
