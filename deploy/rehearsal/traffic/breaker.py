"""The circuit breaker that each payments-api pod keeps around its calls to fraud-detector."""

from collections import deque
from enum import IntEnum


class State(IntEnum):
    CLOSED = 0
    OPEN = 1
    HALF_OPEN = 2


class Breaker:
    """Opens when half of the last `window` seconds' calls failed, tries again after `rest` seconds.

    A call fails when it is refused or takes longer than the client's timeout (1 s): slow answers under
    that never open it, which is a finding the practice platform keeps on purpose.
    """

    def __init__(self, window: float = 2.0, minimum: int = 20, rest: float = 5.0, trials: int = 3) -> None:
        self.window, self.minimum, self.rest, self.trials = window, minimum, rest, trials
        self.state = State.CLOSED
        self._ticks: deque[tuple[float, int, int]] = deque()  # (time, calls, failures)
        self._opened_at = 0.0

    def allowance(self, now: float, wanted: int) -> int:
        """How many of the wanted calls may be made at this tick."""
        if self.state is State.OPEN and now - self._opened_at >= self.rest:
            self.state = State.HALF_OPEN
        if self.state is State.OPEN:
            return 0
        return min(wanted, self.trials) if self.state is State.HALF_OPEN else wanted

    def record(self, now: float, calls: int, failures: int) -> None:
        if calls == 0:
            return
        if self.state is State.HALF_OPEN:
            self._ticks.clear()
            self.state = State.OPEN if failures * 2 >= calls else State.CLOSED
            self._opened_at = now
            return
        self._ticks.append((now, calls, failures))
        while self._ticks[0][0] < now - self.window:
            self._ticks.popleft()
        total = sum(tick[1] for tick in self._ticks)
        failed = sum(tick[2] for tick in self._ticks)
        if total >= self.minimum and failed * 2 >= total:
            self.state, self._opened_at = State.OPEN, now
