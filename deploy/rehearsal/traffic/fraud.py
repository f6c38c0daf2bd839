"""payments-api's calls to fraud-detector: one for each payment, with a timeout and a circuit breaker a pod.

Without a score the payment goes through on fixed rules (a fallback), so a lost fraud-detector costs latency
until the breaker opens, and never a payment.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Sequence

from deploy.rehearsal.traffic.breaker import Breaker, State
from deploy.rehearsal.traffic.links import CLEAN, through
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
        self._breakers: defaultdict[str, Breaker] = defaultdict(Breaker)  # by the calling pod's uid

    @property
    def state(self) -> State:
        """Of the breakers together: open while any of them is."""
        states = {breaker.state for breaker in self._breakers.values()}
        return next((one for one in (State.OPEN, State.HALF_OPEN) if one in states), State.CLOSED)

    def forget(self, uid: str) -> None:
        """A breaker lives in its pod's memory."""
        self._breakers.pop(uid, None)

    def score(
        self, now: float, callers: Sequence[PodFact], pods: Sequence[PodFact], dt: float
    ) -> list[float]:
        """Seconds that scoring adds to each of this tick's payments; `callers` has each one's pod."""
        self._pool.update(pods)
        left = self._allowances(now, callers)
        calls = [index for index, caller in enumerate(callers) if _takes_one(left, caller.uid)]
        passages = [
            through(callers[index].fraud, self._rng) if callers[index].fraud else CLEAN for index in calls
        ]
        answers = iter(self._pool.serve(sum(not one.code for one in passages), dt, self._rng))
        seconds = [0.0] * len(callers)
        made: Counter[str] = Counter()
        failures: Counter[str] = Counter()
        for index, one in zip(calls, passages, strict=True):
            seconds[index], failed = self._end(one.delay, None if one.code else next(answers, None))
            made[callers[index].uid] += 1
            failures[callers[index].uid] += failed
        for uid, count in made.items():
            self._breakers[uid].record(now, count, failures[uid])
        self._totals.fallbacks += len(callers) - len(calls) + failures.total()
        return seconds

    def _allowances(self, now: float, callers: Sequence[PodFact]) -> Counter[str]:
        wanted = Counter(caller.uid for caller in callers)
        return Counter({uid: self._breakers[uid].allowance(now, count) for uid, count in wanted.items()})

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


def _takes_one(left: Counter[str], uid: str) -> bool:
    left[uid] -= 1
    return left[uid] >= 0
