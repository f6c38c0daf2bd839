"""The network between a pod and those it talks to, and what is wrong with it on purpose."""

import random
from collections.abc import Iterable
from dataclasses import dataclass

RESEND = 0.2  # seconds until a lost packet is sent once more, doubled each time, as TCP does
TRIES = 6  # after as many lost packets nobody waits any more: 12.6 s are longer than every timeout here
PROBE_TIMEOUT = 1.0  # seconds a readiness probe waits


@dataclass(frozen=True, slots=True)
class Link:
    """One thing that is wrong with a connection. An exchange counts as one packet there and back.

    `latency` and `jitter` are seconds on a `share` of the exchanges; `loss` is the share of packets that
    are lost and sent again; `spoiled` the share of exchanges that end with `code` instead of an answer.
    """

    latency: float = 0.0
    jitter: float = 0.0
    share: float = 1.0
    loss: float = 0.0
    spoiled: float = 0.0
    code: int = 502

    def delay(self, rng: random.Random) -> float:
        """Seconds that this adds to one exchange."""
        delay = 0.0
        if self.latency and (self.share >= 1.0 or rng.random() < self.share):
            delay = max(0.0, self.latency + self.jitter * rng.uniform(-1, 1))
        for attempt in range(TRIES):
            if rng.random() >= self.loss:
                break
            delay += RESEND * 2.0**attempt
        return delay

    @property
    def silences(self) -> bool:
        """Nearly nothing gets through in time: readiness probes fail."""
        late = self.share >= 0.9 and self.latency >= PROBE_TIMEOUT
        return late or self.loss >= 0.9 or (self.spoiled >= 0.9 and self.code >= 400)


Links = tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """How one exchange fares: seconds added, and the status code that takes the answer's place (0: none)."""

    delay: float = 0.0
    code: int = 0


CLEAN = Passage()


def through(links: Iterable[Link], rng: random.Random) -> Passage:
    """One exchange over all of them, one after the other."""
    delay, code = 0.0, 0
    for link in links:
        delay += link.delay(rng)
        if link.spoiled and rng.random() < link.spoiled:
            code = link.code
    return Passage(delay, code) if delay or code else CLEAN
