"""Kafka as far as payments notices it: partitions with leaders, a consumer group, a dead-letter topic."""

from collections.abc import Mapping

ELECTION = 3.0  # seconds in which a lost broker's partitions have no leader
REBALANCE = 10.0  # seconds in which nobody of the consumer group reads: its coordinator was lost, too
CONSUMER_RATE = 900.0  # messages a second that the payments-processor group can take
DELIVERY_TIMEOUT = 5.0  # seconds a producer keeps a message it cannot deliver before it is dead-lettered
MIN_IN_SYNC = 2  # fewer brokers than this and nothing is accepted


class Brokers:
    """Consumer lag (messages) and dead letters (total) from the readiness of the brokers."""

    def __init__(self) -> None:
        self.lag = 0.0
        self.dead_letters = 0.0
        self._held: list[tuple[float, float]] = []  # (age in seconds, messages) not delivered yet
        self._known: dict[str, bool] = {}
        self._election_left = 0.0
        self._rebalance_left = 0.0

    def tick(self, produced: float, ready: Mapping[str, bool], dt: float) -> None:
        """Produce `produced` messages in `dt` seconds; `ready` says which brokers answer."""
        lost = [name for name, was in self._known.items() if was and not ready.get(name, False)]
        self._known = dict(ready)
        self._election_left = ELECTION if lost else max(0.0, self._election_left - dt)
        self._rebalance_left = REBALANCE if lost else max(0.0, self._rebalance_left - dt)
        electing = self._election_left > 0.0
        if sum(ready.values()) < MIN_IN_SYNC:
            self._keep(produced, dt)
        elif electing:
            self.lag += produced * 2 / 3
            self._keep(produced / 3, dt)
        else:
            self.lag += produced + sum(messages for _, messages in self._held)
            self._held = []
        if self._rebalance_left == 0.0 and any(ready.values()):
            self.lag = max(0.0, self.lag - CONSUMER_RATE * dt)

    def _keep(self, messages: float, dt: float) -> None:
        aged = [(age + dt, held) for age, held in self._held]
        self.dead_letters += sum(held for age, held in aged if age > DELIVERY_TIMEOUT)
        self._held = [*(parcel for parcel in aged if parcel[0] <= DELIVERY_TIMEOUT), (0.0, messages)]
