"""Redis carries doorbells and nothing else: without it runs are watched, stopped, and launched."""

from __future__ import annotations

import pytest

from tests.journeys import plans
from tests.journeys.house import House

pytestmark = pytest.mark.stack


def test_a_run_whose_broker_is_stopped_in_mid_fault_is_watched_and_stopped_all_the_same(house: House) -> None:
    slug = house.approved(plans.plan("lost-broker-day", plans.scenario(fault="60s")))
    conducting = house.conduct(slug)
    conducting.until("run.injected")
    house.stop("redis")
    house.turn(latency={"payments-api": 900})
    breach = conducting.until("run.breach")
    assert "p99 was" in breach["text"], conducting.told
    conducting.until("run.stop_accepted")
    house.turn(latency={"payments-api": 0})
    assert conducting.ends() == 0, conducting.told
    assert conducting.states[-2:] == ["reverting", "aborted"]
    assert "every fault is proven gone" in conducting.text("run.state")
    assert house.runs("worker"), "the worker outlives its broker"
    house.nothing_is_left()


def test_a_run_launched_without_a_broker_can_be_driven_by_hand(house: House) -> None:
    slug = house.approved(plans.plan("driven-day"))
    house.stop("redis")
    conducting = house.conduct(slug)
    conducting.until("run.launched")
    driven = house.manage("drive", conducting.run)
    assert (driven.status, "The drive ended: over." in driven.out) == (0, True), driven.told
    assert conducting.ends() == 0, conducting.told
    assert conducting.states[-1] == "completed"
    house.nothing_is_left()


def test_a_run_launched_without_a_broker_is_taken_up_once_the_broker_is_back(house: House) -> None:
    slug = house.approved(plans.plan("late-broker-day"))
    house.stop("redis")
    conducting = house.conduct(slug)
    conducting.until("run.launched")
    house.start("redis")
    assert conducting.ends() == 0, conducting.told
    assert conducting.states[-1] == "completed"
    house.nothing_is_left()
