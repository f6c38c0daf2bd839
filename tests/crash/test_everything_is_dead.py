"""Nobody but the watchdog is left, in mid-fault: web, worker, beat, Redis and PostgreSQL die in one moment;
or they live, and none of them can reach the API server any more."""

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
from tests.journeys.conducting import Conducting
from tests.watchdog.kennel import watchdog

pytestmark = pytest.mark.crash

GOAL = GRANT_SECONDS + 10.0
SCENARIOS = ("kafka-broker", "fraud-latency")
"""A drain, and latency that its helper takes back when it is told to end."""


def in_mid_fault(house: Wrecked, kind: str, scenario: str) -> Conducting:
    """A run of it, injected; the web is up, too."""
    house.start("web")
    taken = plans.with_recovery(scenario, fault="120s", revert_within="90s")
    conducting = house.conduct(house.approved(plans.plan(f"{kind}-{scenario}-day", taken)))
    conducting.until("run.injected", within=90.0)
    assert alive(house.platform()) != []
    return conducting


def its_own(house: Wrecked) -> Connection:
    """The watchdog's account, and its way to the API server: not over the wire."""
    return Connection(house.platform_url, token_file=str(house.stack.watchdog_token_file))


def set_back(house: Wrecked, since: float) -> float:
    """Seconds from that instant until the cluster holds nothing of ours, and all is as before the fault."""
    while alive(house.platform()) and time.monotonic() < since + 3 * GOAL:
        time.sleep(0.1)
    took = time.monotonic() - since
    assert alive(house.platform()) == []
    return took


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_with_everything_dead_a_fault_is_gone_within_the_ttl_and_ten_seconds(
    house: Wrecked, tmp_path: Path, latencies: Latencies, scenario: str
) -> None:
    with house.watch() as watch, watchdog(its_own(house), tmp_path / "log", ttl=None, every=1.0):
        conducting = in_mid_fault(house, "dead", scenario)
        for name in ("worker", "web", "beat", "redis"):
            house.kill(name)
        if house.database:
            house.database.stop()
        took = set_back(house, time.monotonic())
        conducting.kill()
        if house.database:
            house.database.start()
        house.start("redis", "worker", "beat")
        house.ends_by_itself(conducting.slug, watch)
    latencies.note(f"all dead to set back by the watchdog, {scenario} (TTL {GRANT_SECONDS} s)", [took], GOAL)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_with_everything_alive_and_cut_off_a_fault_is_gone_within_the_ttl_and_ten_seconds(
    house: Wrecked, tmp_path: Path, latencies: Latencies, scenario: str
) -> None:
    with house.watch() as watch, watchdog(its_own(house), tmp_path / "log", ttl=None, every=1.0):
        conducting = in_mid_fault(house, "cut-off", scenario)
        house.wire.cut()
        took = set_back(house, time.monotonic())
        conducting.until("run.stop_wanted")
        assert "run.clean" not in conducting.kinds, "who cannot see the cluster cannot say so"
        house.wire.mend()
        house.ended_truly(conducting, watch)
    assert conducting.states[-1] == "aborted"
    latencies.note(f"cut off to set back by the watchdog, {scenario} (TTL {GRANT_SECONDS} s)", [took], GOAL)
