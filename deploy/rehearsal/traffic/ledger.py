"""The core ledger behind TLS, outside the cluster: payments-api books every write there."""

import random

WRITES = 0.4  # share of payments-api's requests that book something
CONNECTION_LIFE = 4.0  # mean seconds a kept-alive connection lasts before it must shake hands again
RECONNECT = 0.5  # mean seconds until a connection is back once the certificate is good again


class Ledger:
    """Connections made before the certificate expired go on working until they are renewed."""

    def __init__(self) -> None:
        self.broken = 0.0  # share of the connections that cannot be made
        self.handshake_errors = 0

    def tick(self, certificate_valid: bool, dt: float) -> None:
        if certificate_valid:
            self.broken = max(0.0, self.broken - dt / RECONNECT)
        else:
            self.broken += (1.0 - self.broken) * min(1.0, dt / CONNECTION_LIFE)

    def booking_fails(self, rng: random.Random) -> bool:
        """Whether one request needs the ledger and does not reach it."""
        if self.broken == 0.0 or rng.random() >= WRITES * self.broken:
            return False
        self.handshake_errors += 1
        return True
