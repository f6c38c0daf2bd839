"""Web, worker, beat, Redis and PostgreSQL die in one moment, in mid-fault: the watchdog alone is left."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from chaos.adapters.kubernetes_api import Connection
from chaos.adapters.litmus_manifests import GRANT_SECONDS
from tests.crash.figures import Latencies
from tests.crash.house import Wrecked
from tests.crash.residue import alive
from tests.journeys import plans
from tests.watchdog.kennel import watchdog

pytestmark = pytest.mark.crash

GOAL = GRANT_SECONDS + 10.0


def whole(key: str) -> plans.Scenario:
    """A scenario as the sample has it."""
    return next(dict(one) for one in plans.SAMPLE["scenarios"] if one["key"] == key)


@pytest.mark.parametrize("scenario", ["kafka-broker", "fraud-latency"])
def test_with_everything_dead_a_fault_is_gone_within_the_ttl_and_ten_seconds(
    house: Wrecked, tmp_path: Path, latencies: Latencies, scenario: str
) -> None:
    house.start("web")
    taken = plans.scenario(scenario, fault="120s", revert_within="90s")
    taken["expectations"] = whole(scenario)["expectations"]  # one of them proves that latency is gone
    taken["durations"]["observe"] = "60s"
    slug = house.approved(plans.plan(f"dead-{scenario}-day", taken))
    product = Connection(house.platform_url, token_file=str(house.stack.token_file))
    with house.watch() as watch, watchdog(product, tmp_path / "log", ttl=None, every=1.0):
        conducting = house.conduct(slug)
        conducting.until("run.injected", within=90.0)
        assert alive(house.platform()) != []
        for name in ("worker", "web", "beat", "redis"):
            house.kill(name)
        if house.database:
            house.database.stop()
        killed_at = time.monotonic()
        while alive(house.platform()) and time.monotonic() < killed_at + 3 * GOAL:
            time.sleep(0.1)
        took = time.monotonic() - killed_at
        assert alive(house.platform()) == []
        conducting.kill()
        if house.database:
            house.database.start()
        house.start("redis", "worker", "beat")
        house.ends_by_itself(slug, watch)
    latencies.note(f"all dead to set back by the watchdog, {scenario} (TTL {GRANT_SECONDS} s)", [took], GOAL)
