"""What a scrape of /metrics gets, on good days and on bad ones."""

import re
import time
from enum import StrEnum

from deploy.rehearsal.platform import state_metrics
from deploy.rehearsal.platform.world import World
from deploy.rehearsal.traffic import exposition
from deploy.rehearsal.traffic.text import family

VALID_FOR = 30 * 24 * 3600.0  # seconds a good certificate has left
# Buckets keep their last value: histogram_quantile() is NaN where nothing was observed, but makes the
# largest bound of buckets that are NaN themselves.
_NOT_BUCKETS = re.compile(r"^(?P<series>(?!#)(?!\S*_bucket\{).+) \S+$", re.MULTILINE)


class Mode(StrEnum):
    OK = "ok"
    MISSING = "missing"  # the bank's own series are gone, the cluster's are there
    NAN = "nan"  # every value is NaN, and so is every quantile and ratio made of them
    EMPTY = "empty"  # a scrape succeeds and brings nothing
    FROZEN = "frozen"  # the same numbers for ever
    DOWN = "down"  # the scrape fails: up is 0


class Metrics:
    def __init__(self, world: World) -> None:
        self._world = world
        self._last = ""  # as it was when the mode was last changed
        self._mode = Mode.OK
        self._expired_at = 0.0

    @property
    def mode(self) -> Mode:
        return self._mode

    def switch(self, mode: Mode) -> None:
        if mode is not self._mode:
            self._last = self._render()
        self._mode = mode

    def scrape(self) -> tuple[int, str]:
        """HTTP status and body."""
        match self._mode:
            case Mode.DOWN:
                return 503, "the practice platform's metrics are switched off\n"
            case Mode.EMPTY:
                return 200, ""
            case Mode.FROZEN:
                return 200, self._last
            case Mode.MISSING:
                return 200, state_metrics.render(self._world.store)
            case Mode.NAN:
                return 200, _NOT_BUCKETS.sub(r"\g<series> NaN", self._last)
        return 200, self._render()

    def _render(self) -> str:
        world = self._world
        return exposition.render(world.traffic) + self._certificate() + state_metrics.render(world.store)

    def _certificate(self) -> str:
        now = time.time()
        if not self._world.troubles.certificate_expired:
            self._expired_at, expiry = 0.0, now + VALID_FOR
        else:
            self._expired_at = expiry = self._expired_at or now - 1
        name = "certificate_expiry_timestamp_seconds"
        sample = (name, {"service": "ledger"}, float(round(expiry)))
        return family(name, "gauge", "When the certificate expires, Unix time.", [sample])
