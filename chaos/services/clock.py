"""The clock that runs are driven by: the database's time, carried on by this machine's monotonic clock.

A run goes from driver to driver, and each reads what the one before wrote: they must agree on the time, also
where a machine's own clock is wrong. And in the middle of a drive nobody's time may jump: forward, and a
create that is still on its way counts as lost; back, and a revert is not tried again for as long.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.db.models.functions import Now

from chaos.models import Cluster


def utc_now() -> datetime:
    return datetime.now(UTC)


def database_now() -> datetime:
    """What time the database has. Raises what the database raises."""
    found = Cluster.objects.annotate(db_now=Now()).values_list("db_now", flat=True).first()
    return found or utc_now()  # without a cluster there is no run yet


class SteadyClock:
    """This machine's time until it is told the database's; see chaos.ports.Clock."""

    def __init__(
        self, wall: Callable[[], datetime] = utc_now, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._wall, self._monotonic = wall, monotonic
        self._settled: tuple[datetime, float] | None = None

    def settle(self, at: datetime) -> None:
        """It is `at` now. Told anew before each drive: no two clocks run alike for ever."""
        self._settled = (at, self._monotonic())

    def now(self) -> datetime:
        if self._settled is None:
            return self._wall()
        at, since = self._settled
        return at + timedelta(seconds=self._monotonic() - since)
