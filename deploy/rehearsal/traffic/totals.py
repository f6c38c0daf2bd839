"""The counters a scrape reads. They only ever grow, as a Prometheus counter must."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from deploy.rehearsal.traffic.histogram import Histogram


@dataclass(slots=True)
class Totals:
    requests: Counter[tuple[str, str]] = field(default_factory=Counter)  # (service, code)
    durations: dict[str, Histogram] = field(default_factory=lambda: defaultdict(Histogram))
    fallbacks: int = 0  # payments scored without fraud-detector

    def count(self, service: str, code: int, seconds: float) -> None:
        self.requests[service, str(code)] += 1
        self.durations[service].observe(seconds)
