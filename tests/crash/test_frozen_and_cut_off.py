"""A worker that sleeps past its lease and wakes; an API server that cannot be reached, or is not heard."""

from __future__ import annotations

import time

import pytest

from tests.crash.house import LEASE_IS_OVER, Wrecked
from tests.journeys import plans
from tests.journeys.house import until

pytestmark = pytest.mark.crash


def test_a_worker_that_is_frozen_past_its_lease_does_nothing_more_when_it_wakes(house: Wrecked) -> None:
    slug = house.approved(plans.plan("frozen-day", plans.scenario(fault="60s", revert_within="90s")))
    with house.watch() as watch:
        conducting = house.conduct(slug)
        conducting.until("run.injected", within=90.0)
        thaw = house.freeze("worker")
        try:
            house.second_worker()
            conducting.until("run.stop_wanted", within=LEASE_IS_OVER + 30.0)
            conducting.until("run.clean", within=60.0)
        finally:
            woken = time.monotonic()
            thaw()
        house.ended_truly(conducting, watch)
        time.sleep(5.0)  # the one that woke up has had its time
    assert [one for one in house.wire.all_since(woken, "POST") if "chaosengines" in one.path] == []
    assert conducting.kinds.count("run.stop_wanted") == 1
    house.stop("worker2")
    house.not_a_trace()


def test_a_worker_that_is_frozen_while_it_measures_the_baseline_injects_nothing_when_it_wakes(
    house: Wrecked,
) -> None:
    slug = house.approved(plans.plan("frozen-early-day", plans.scenario(fault="60s", revert_within="90s")))
    with house.watch() as watch:
        conducting = house.conduct(slug)
        conducting.until("run.state", "baselining", within=90.0)
        thaw = house.freeze("worker")
        try:
            house.second_worker()
            conducting.until("run.clean", within=LEASE_IS_OVER + 150.0)
        finally:
            woken = time.monotonic()
            thaw()
        house.ended_truly(conducting, watch)
        time.sleep(5.0)
    assert [one for one in house.wire.all_since(woken, "POST") if "chaosengines" in one.path] == []
    house.stop("worker2")
    house.not_a_trace()


def test_a_cluster_that_cannot_be_reached_is_unknown_and_never_clean(house: Wrecked) -> None:
    slug = house.approved(plans.plan("cut-off-day", plans.scenario(fault="60s", revert_within="90s")))
    with house.watch() as watch:
        conducting = house.conduct(slug)
        conducting.until("run.injected", within=90.0)
        house.wire.cut()
        conducting.until("run.stop_wanted", within=60.0)
        time.sleep(5.0)
        assert "run.clean" not in conducting.kinds and "run.stop_accepted" not in conducting.kinds
        assert house.chaos_left() != []
        house.wire.mend()
        house.ended_truly(conducting, watch)
    assert conducting.states[-1] == "aborted"


def test_a_stop_whose_every_answer_is_lost_acts_and_claims_nothing(house: Wrecked) -> None:
    slug = house.approved(plans.plan("deaf-day", plans.scenario(fault="60s", revert_within="90s")))
    with house.watch() as watch:
        conducting = house.conduct(slug)
        conducting.until("run.injected", within=90.0)
        house.wire.lose_answers()
        conducting.interrupt()
        conducting.until("run.stop_wanted", within=60.0)
        time.sleep(5.0)
        assert "run.clean" not in conducting.kinds and "run.stop_accepted" not in conducting.kinds
        house.wire.mend()
        house.ended_truly(conducting, watch)
    assert conducting.states[-1] == "aborted"


def test_half_of_all_answers_are_lost_all_day(house: Wrecked) -> None:
    slug = house.approved(plans.plan("half-deaf-day", plans.scenario()))
    lost = {"effect": "lose-answer", "share": 0.5, "verbs": ["create", "delete", "patch"]}
    house.turn(api=[lost])
    with house.watch() as watch:
        conducting = house.conduct(slug)
        until(lambda: house.chaos_left() != [] or conducting.has_ended, "a fault is in", 60.0)
        house.ended_truly(conducting, watch)
