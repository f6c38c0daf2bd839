"""A Prometheus histogram: cumulative buckets, sum and count."""

from bisect import bisect_left

# Fine around 200 ms and 500 ms, where the service level objective and the usual abort condition lie.
BOUNDS = (
    *(0.005, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.11, 0.12, 0.13, 0.14, 0.15, 0.16, 0.17, 0.18),
    *(0.19, 0.2, 0.21, 0.22, 0.24, 0.26, 0.3, 0.35, 0.4, 0.45, 0.48, 0.5, 0.52, 0.55, 0.6, 0.7, 0.8, 1.0),
    *(1.2, 1.5, 2.0, 2.5, 5.0),
)


class Histogram:
    def __init__(self) -> None:
        self._counts = [0] * (len(BOUNDS) + 1)
        self.sum = 0.0

    def observe(self, seconds: float) -> None:
        self._counts[bisect_left(BOUNDS, seconds)] += 1
        self.sum += seconds

    @property
    def count(self) -> int:
        return sum(self._counts)

    def cumulative(self) -> list[tuple[str, int]]:
        """(le, count) pairs, the last one "+Inf"."""
        pairs, total = [], 0
        for label, count in zip([*(f"{bound:g}" for bound in BOUNDS), "+Inf"], self._counts, strict=True):
            total += count
            pairs.append((label, total))
        return pairs
