"""The pods behind one service: arrivals are dealt out evenly over the pods that serve."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from deploy.rehearsal.traffic.links import through
from deploy.rehearsal.traffic.queueing import PodQueue, Profile
from deploy.rehearsal.traffic.view import PodFact


@dataclass(frozen=True, slots=True)
class Answer:
    """One request as its pod answered it: latency in seconds, None where it was refused.

    `is_spoiled`: what came back is not what the pod said, whatever its code.
    """

    uid: str
    latency: float | None
    code: int = 200
    is_spoiled: bool = False


@dataclass(frozen=True, slots=True)
class Departures:
    """Pods that stopped serving since the last tick: told to stop (`draining`) or simply dead (`dead`)."""

    draining: tuple[str, ...]
    dead: tuple[str, ...]


class Pool:
    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._queues: dict[str, PodQueue] = {}
        self._pods: dict[str, PodFact] = {}

    def update(self, pods: Sequence[PodFact]) -> Departures:
        before, self._pods = self._pods, {pod.uid: pod for pod in pods}
        dead = tuple(uid for uid in before if uid not in self._pods)
        draining = tuple(uid for uid, pod in self._pods.items() if not pod.serving and _served(before, uid))
        for uid in dead:
            self._queues.pop(uid, None)
        return Departures(draining, dead)

    def serve(self, arrivals: int, dt: float, rng: random.Random) -> list[Answer]:
        """Deal the arrivals of one tick out; with no pod serving, the list is empty."""
        serving = [pod for pod in self._pods.values() if pod.serving]
        shares = _deal(arrivals, len(serving), rng)
        answers: list[Answer] = []
        for pod, share in zip(serving, shares, strict=True):
            queue = self._queues.setdefault(pod.uid, PodQueue(self._profile))
            for latency in queue.offer(share, dt, pod.speed, rng):
                answers.append(_answer(pod, latency, rng))
        rng.shuffle(answers)
        return answers

    def fact(self, uid: str) -> PodFact:
        return self._pods[uid]

    @property
    def backlog(self) -> float:
        return sum(queue.backlog for queue in self._queues.values())


def _answer(pod: PodFact, latency: float | None, rng: random.Random) -> Answer:
    if latency is None or not pod.answers:
        return Answer(pod.uid, latency)
    passage = through(pod.answers, rng)
    return Answer(pod.uid, latency + passage.delay, passage.code or 200, bool(passage.code))


def _served(before: dict[str, PodFact], uid: str) -> bool:
    return uid in before and before[uid].serving


def _deal(arrivals: int, pods: int, rng: random.Random) -> list[int]:
    if pods == 0:
        return []
    even, rest = divmod(arrivals, pods)
    lucky = set(rng.sample(range(pods), rest))
    return [even + (1 if index in lucky else 0) for index in range(pods)]
