"""A bench for the traffic model: lets it run under a scripted platform and reads it as Prometheus would."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from deploy.rehearsal.traffic.model import Traffic
from deploy.rehearsal.traffic.view import PlatformView, PodFact

Scrape = tuple[dict[str, int], list[tuple[str, int]]]  # requests by code, cumulative buckets

WINDOW = 5  # seconds, as in the queries of the sample day


@dataclass(frozen=True)
class Reading:
    at: int
    p99_ms: float
    errors_percent: float
    throughput: float


def pods(prefix: str, count: int, **facts: Any) -> tuple[PodFact, ...]:
    return tuple(PodFact(f"{prefix}-{index}", serving=True, **facts) for index in range(count))


BROKERS = {f"kafka-{index}": True for index in range(3)}
HEALTHY = PlatformView(payments=pods("payments", 6), fraud=pods("fraud", 3), brokers=BROKERS)


def readings(
    script: Callable[[float], PlatformView], seconds: int, traffic: Traffic | None = None
) -> list[Reading]:
    """One reading a second, over the last five seconds each; `script` gives the platform at each tick."""
    traffic = traffic or Traffic()
    scrapes = [_scrape(traffic)]
    for tick in range(seconds * 10):
        traffic.advance(script(tick / 10), 0.1)
        if tick % 10 == 9:
            scrapes.append(_scrape(traffic))
    return [_reading(at, scrapes[at - WINDOW], scrapes[at]) for at in range(WINDOW, len(scrapes))]


def _scrape(traffic: Traffic) -> Scrape:
    codes = {code: n for (service, code), n in traffic.totals.requests.items() if service == "payments-api"}
    return codes, traffic.totals.durations["payments-api"].cumulative()


def _reading(
    at: int,
    old: tuple[dict[str, int], list[tuple[str, int]]],
    new: tuple[dict[str, int], list[tuple[str, int]]],
) -> Reading:
    codes = {code: n - old[0].get(code, 0) for code, n in new[0].items()}
    total = sum(codes.values())
    failed = sum(n for code, n in codes.items() if code.startswith("5"))
    buckets = [(le, n - before) for (le, n), (_, before) in zip(new[1], old[1], strict=True)]
    return Reading(at, _p99(buckets), 100 * failed / total, codes.get("200", 0) / WINDOW)


def _p99(buckets: list[tuple[str, int]]) -> float:
    """histogram_quantile(0.99, …) in milliseconds."""
    rank = 0.99 * buckets[-1][1]
    low, below = 0.0, 0
    for le, count in buckets[:-1]:
        if count >= rank:
            return 1000 * (low + (float(le) - low) * (rank - below) / (count - below))
        low, below = float(le), count
    return 1000 * low
