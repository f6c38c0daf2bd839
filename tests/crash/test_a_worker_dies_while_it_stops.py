"""SIGKILL of the worker on its way back from a fault: the next one goes on to the proof."""

from __future__ import annotations

import pytest

from tests.crash.house import Wrecked
from tests.journeys import plans

pytestmark = pytest.mark.crash

SLOW = {"effect": "delay", "seconds": 2, "verbs": ["delete", "deletecollection"]}


@pytest.mark.parametrize("checkpoint", ["stop-latched", "first-delete-sent"])
def test_a_run_that_stops_itself_stays_stopped_whoever_drives_it(house: Wrecked, checkpoint: str) -> None:
    taken = plans.abort_at(plans.scenario(fault="60s", revert_within="90s"), "p99", "> 500")
    slug = house.approved(plans.plan(f"{checkpoint}-day", taken))
    house.mine(checkpoint)
    with house.watch() as watch:
        conducting = house.conduct(slug)
        conducting.until("run.injected", within=90.0)
        house.turn(latency={"payments-api": 900}, api=[SLOW] if checkpoint == "first-delete-sent" else [])
        house.blows_up()
        house.turn(latency={"payments-api": 0}, api=[])  # all is well again: a stop is a stop
        house.ended_truly(conducting, watch)
    assert conducting.states[-1] == "aborted"
    assert conducting.kinds.count("run.stop_wanted") == 1, conducting.told


def test_a_worker_that_dies_before_it_could_write_that_all_is_gone_is_believed_by_nobody(
    house: Wrecked,
) -> None:
    slug = house.approved(plans.plan("gone-day", plans.scenario()))
    house.mine("gone")
    with house.watch() as watch:
        conducting = house.conduct(slug)
        house.blows_up()
        assert "run.clean" not in conducting.kinds
        assert house.state_of(slug) == "reverting"
        house.ended_truly(conducting, watch)
    assert conducting.states[-1] == "completed"
