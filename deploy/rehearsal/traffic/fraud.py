"""payments-api's calls to fraud-detector: one for each payment, with a timeout and a circuit breaker.

Without a score the payment goes through on fixed rules (a fallback), so a lost fraud-detector costs latency
until the breaker opens, and never a payment.
"""

import random
from collections.abc import Sequence

from deploy.rehearsal.traffic.breaker import Breaker
from deploy.rehearsal.traffic.links import CLEAN, Links, through
from deploy.rehearsal.traffic.pool import Answer, Pool
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

    def score(self, now: float, callers: Sequence[Links], pods: Sequence[PodFact], dt: float) -> list[float]:
        """Seconds that scoring adds to each of this tick's payments; `callers` has each one's network."""
        self._pool.update(pods)
        calls = self.breaker.allowance(now, len(callers))
        passages = [through(links, self._rng) if links else CLEAN for links in callers[:calls]]
        answers = iter(self._pool.serve(sum(not one.code for one in passages), dt, self._rng))
        ends = [self._end(one.delay, None if one.code else next(answers, None)) for one in passages]
        failures = sum(failed for _, failed in ends)
        self.breaker.record(now, calls, failures)
        self._totals.fallbacks += len(callers) - calls + failures
        return [seconds for seconds, _ in ends] + [0.0] * (len(callers) - calls)

    def _end(self, delay: float, answer: Answer | None) -> tuple[float, bool]:
        """(seconds, failed) of one call; no answer where there was nobody to give one."""
        if answer is None or answer.latency is None:
            seconds, code, failed = delay + REFUSED, 503, True
        else:
            seconds, code, failed = delay + answer.latency, answer.code, answer.is_spoiled
        if seconds > TIMEOUT:
            seconds, code, failed = TIMEOUT, 504, True
        self._totals.count(SERVICE, code, seconds)
        return seconds, failed
