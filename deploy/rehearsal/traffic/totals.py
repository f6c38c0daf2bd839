"""The counters a scrape reads. They only ever grow, as a Prometheus counter must."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from deploy.rehearsal.traffic.histogram import Histogram

SERVICES = ("payments-api", "fraud-detector")
CODES = ("200", "500", "502", "503", "504")


def _zeros() -> Counter[tuple[str, str]]:
    return Counter({(service, code): 0 for service in SERVICES for code in CODES})


@dataclass(slots=True)
class Totals:
    """A counter that first shows up with a 5 in it has no increase for Prometheus: all start at 0."""

    requests: Counter[tuple[str, str]] = field(default_factory=_zeros)  # (service, code)
    durations: dict[str, Histogram] = field(default_factory=lambda: defaultdict(Histogram))
    fallbacks: int = 0  # payments scored without fraud-detector

    def count(self, service: str, code: int, seconds: float) -> None:
        self.requests[service, str(code)] += 1
        self.durations[service].observe(seconds)
