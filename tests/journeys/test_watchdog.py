"""Everything of ours is killed in mid-fault, and only the watchdog lives; once back, Gameday measures."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from chaos.adapters.kubernetes_api import Connection
from tests.journeys import plans
from tests.journeys.house import House, until
from tests.watchdog.kennel import watchdog

pytestmark = pytest.mark.stack

TTL = 10.0
"""Seconds: two heartbeats of the product's."""


def test_a_drain_whose_application_is_dead_is_ended_by_the_watchdog_and_judged_when_that_is_back(
    house: House, tmp_path: Path
) -> None:
    slug = house.approved(plans.plan("watched-day", plans.scenario("kafka-broker", fault="120s")))
    own = Connection(house.platform_url, token_file=str(house.stack.watchdog_token_file))
    with watchdog(own, tmp_path / "log", TTL) as dog:
        conducting = house.conduct(slug)
        conducting.until("run.injected")
        time.sleep(TTL)
        assert dog.said("ending") == [], "somebody is heard of"
        for name in ("worker", "beat", "redis"):
            house.kill(name)
        killed_at = time.monotonic()
        assert [node for node in house.platform()["nodes"].values() if node["cordoned"]]
        dog.says("everything-ended")
        print(f"\nended {time.monotonic() - killed_at:.1f} s after the kill, with a TTL of {TTL:g} s")
    assert house.chaos_left() == []
    assert not [node for node in house.platform()["nodes"].values() if node["cordoned"]]
    assert house.state_of(slug) in ("injecting", "observing"), "nobody has said that anything is reverted"

    house.start("redis", "worker", "beat")
    stopped = conducting.until("run.stop_wanted", within=60.0)
    conducting.ends()
    assert conducting.states[-2] == "reverting" and conducting.states[-1] in ("aborted", "failed"), stopped
    assert "every fault is proven gone" in conducting.text("run.state")
    assert conducting.kinds.count("injection.requested") == 1, "it was not injected anew"
    until(lambda: house.state_of(slug) == conducting.states[-1], "the journal says so, too")

    def told() -> dict[str, str]:
        """By kind, when; of several the last."""
        words = [event for event in house.events(slug) if event["actor"] == "gameday-watchdog"]
        return {event["kind"]: event["at"] for event in words if event["run"] == conducting.run}

    until(lambda: "watchdog.ended" in told(), "what the watchdog did is on the timeline")
    assert told()["watchdog.ending"] < told()["watchdog.ended"] < stopped["at"], "each at its own instant"
    gone = [event["text"] for event in house.events(slug) if event["kind"] == "watchdog.deleted"]
    assert "ChaosEngine chaos/gd-" in gone[0] and gone[0].startswith(
        "The watchdog in the cluster: Told to go: "
    )
    house.nothing_is_left()
