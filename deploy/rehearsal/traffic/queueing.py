"""One pod as a queue: work arrives, a bounded amount is done a second, the rest waits, then is refused."""

import math
import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Profile:
    """How one application behaves. Times in seconds, capacity in requests a second for each pod."""

    capacity: float
    median: float  # of one request's own work on an idle pod
    sigma: float  # spread of the lognormal around it
    contention: float = 0.12  # how much sharing the CPU costs: factor 1 + contention * rho / (1 - rho)
    contention_limit: float = 0.93  # above this utilisation the backlog, not the formula, tells the delay
    longest_wait: float = 1.5  # a request that would wait longer than this is refused at once


PAYMENTS = Profile(capacity=150.0, median=0.0235, sigma=0.59)
FRAUD = Profile(capacity=400.0, median=0.007, sigma=0.35)


class PodQueue:
    """Backlog of one pod: `offer` answers each arrival of a tick with a latency or a refusal."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.backlog = 0.0
        self.utilisation = 0.0

    def offer(self, arrivals: int, dt: float, speed: float, rng: random.Random) -> list[float | None]:
        """Latency in seconds of each arrival of this tick, None where the pod refused it (queue full)."""
        rate = self.profile.capacity * max(speed, 0.01)
        room = max(0, int(self.profile.longest_wait * rate + rate * dt - self.backlog))
        accepted = min(arrivals, room)
        before = self.backlog
        self.backlog = max(0.0, before + accepted - rate * dt)
        self._remember(arrivals / (rate * dt), dt)
        factor = self._factor() / max(speed, 0.01)
        drift = (self.backlog - before) / max(accepted, 1)
        answers: list[float | None] = []
        for index in range(accepted):
            waiting = max(0.0, before + drift * index) / rate
            work = rng.lognormvariate(math.log(self.profile.median), self.profile.sigma) * factor
            answers.append(waiting + work)
        return answers + [None] * (arrivals - accepted)

    def rest(self, dt: float, speed: float) -> None:
        """A tick without arrivals: the backlog drains."""
        self.offer(0, dt, speed, random.Random(0))

    def _remember(self, load: float, dt: float) -> None:
        """Utilisation over about the last second: a single tick is too noisy to slow a whole pod down."""
        share = min(1.0, dt / 1.0)
        self.utilisation += (load - self.utilisation) * share

    def _factor(self) -> float:
        rho = min(self.utilisation, self.profile.contention_limit)
        return 1.0 + self.profile.contention * rho / (1.0 - rho)
