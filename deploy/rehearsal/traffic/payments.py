"""Requests to payments-api, from the gateway to the answer, as discrete events.

Each accepted request is in flight until its latency has passed, so that a pod which dies takes exactly its
own open requests with it.
"""

import heapq
import random
from dataclasses import dataclass

from deploy.rehearsal.traffic.fraud import FraudCalls
from deploy.rehearsal.traffic.ledger import WRITES, Ledger
from deploy.rehearsal.traffic.links import through
from deploy.rehearsal.traffic.pool import Answer, Pool
from deploy.rehearsal.traffic.queueing import PAYMENTS
from deploy.rehearsal.traffic.totals import Totals
from deploy.rehearsal.traffic.view import PlatformView

SERVICE = "payments-api"
RATE = 600.0  # requests a second on a usual day
CLIENT_TIMEOUT = 2.0  # seconds after which the gateway gives up with 504
REFUSAL = 0.004  # seconds a refusal takes
KEEP_ALIVE_RACE = 0.3  # expected requests caught on a connection that a politely stopping pod is closing


@dataclass(order=True, slots=True)
class InFlight:
    due: float
    started: float
    uid: str
    code: int


class Payments:
    def __init__(self, totals: Totals, rng: random.Random) -> None:
        self._totals, self._rng = totals, rng
        self._pool = Pool(PAYMENTS)
        self._flights: list[InFlight] = []
        self.fraud = FraudCalls(totals, rng)
        self.ledger = Ledger()

    def tick(self, now: float, view: PlatformView, dt: float) -> int:
        """Live through the `dt` seconds that end at `now`; returns how many payments succeeded.

        What became of pods since the last tick counts from this tick's start on.
        """
        good = self._land(now - dt)
        departures = self._pool.update(view.payments)
        for uid in departures.dead:
            self._break(uid, now - dt)
            self.fraud.forget(uid)
        for uid in departures.draining:
            self._break(uid, now - dt, at_most=self._chance(KEEP_ALIVE_RACE))
        self.ledger.tick(view.ledger_certificate_valid, dt)
        arrivals = poisson(RATE * view.load * dt, self._rng)
        answers = self._pool.serve(arrivals, dt, self._rng)
        accepted = [answer for answer in answers if answer.latency is not None]
        callers = [self._pool.fact(answer.uid) for answer in accepted]
        scores = self.fraud.score(now, callers, view.fraud, dt)
        for answer, score in zip(accepted, scores, strict=True):
            self._accept(now - dt * self._rng.random(), answer, score)
        for _ in range(arrivals - len(accepted)):
            self._totals.count(SERVICE, 503, REFUSAL)
        return good + self._land(now)

    @property
    def in_flight(self) -> int:
        return len(self._flights)

    def _accept(self, started: float, answer: Answer, score: float) -> None:
        booking, is_refused = self._book(answer.uid)
        latency, code = (answer.latency or 0.0) + score + booking, answer.code
        if latency > CLIENT_TIMEOUT:
            latency, code = CLIENT_TIMEOUT, 504
        elif is_refused or self.ledger.booking_fails(self._rng):
            code = 500
        heapq.heappush(self._flights, InFlight(started + latency, started, answer.uid, code))

    def _book(self, uid: str) -> tuple[float, bool]:
        """(seconds, failed) that a bad network to the ledger adds to one request."""
        links = self._pool.fact(uid).ledger
        if not links or self._rng.random() >= WRITES:
            return 0.0, False
        passage = through(links, self._rng)
        return passage.delay, bool(passage.code)

    def _land(self, now: float) -> int:
        good = 0
        while self._flights and self._flights[0].due <= now:
            flight = heapq.heappop(self._flights)
            self._totals.count(SERVICE, flight.code, flight.due - flight.started)
            good += 200 <= flight.code < 300
        return good

    def _break(self, uid: str, now: float, at_most: int | None = None) -> None:
        """Requests open on a dead pod, or a few on a stopping one, come back as 502 now."""
        broken = [flight for flight in self._flights if flight.uid == uid][:at_most]
        for flight in broken:
            self._totals.count(SERVICE, 502, max(0.0, now - flight.started))
        gone = {id(flight) for flight in broken}
        self._flights = [flight for flight in self._flights if id(flight) not in gone]
        heapq.heapify(self._flights)

    def _chance(self, expected: float) -> int:
        return 1 if self._rng.random() < expected else 0


def poisson(mean: float, rng: random.Random) -> int:
    """Arrivals in one tick. The normal approximation is close enough for the tens a tick brings."""
    return max(0, round(rng.gauss(mean, mean**0.5)))
