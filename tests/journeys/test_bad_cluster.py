"""An API server that fails and an operator that is away delay a stop; they never make it untrue."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import pytest

from tests.journeys import plans
from tests.journeys.conducting import Conducting
from tests.journeys.house import House, until

pytestmark = pytest.mark.stack


def _in_mid_fault(house: House, slug: str) -> Conducting:
    house.approved(plans.plan(slug, plans.scenario(fault="60s")))
    conducting = house.conduct(slug)
    conducting.until("run.injected")
    return conducting


def _ended_by_the_stop(conducting: Conducting, house: House) -> None:
    assert conducting.ends() == 3, conducting.told
    assert conducting.states[-2:] == ["reverting", "aborted"]
    assert "every fault is proven gone" in conducting.text("run.state")
    house.nothing_is_left()


def test_deletes_that_are_refused_for_a_while_are_repeated_until_they_are_taken(house: House) -> None:
    conducting = _in_mid_fault(house, "refused-deletes-day")
    house.turn(api=[{"effect": "refuse", "code": 503, "verbs": ["delete", "deletecollection"]}])
    conducting.interrupt()
    conducting.until("run.act_failed")
    assert "run.stop_accepted" not in conducting.kinds, "said to be taken while every delete was refused"
    time.sleep(3)
    assert "run.clean" not in conducting.kinds
    assert house.chaos_left() != []
    house.turn(api=[])
    _ended_by_the_stop(conducting, house)
    assert "Not all went through at first" in conducting.out, conducting.told


def test_a_create_whose_answer_is_lost_makes_one_fault_that_is_watched_until_none_can_land(
    house: House,
) -> None:
    slug = house.approved(plans.plan("lost-answer-day"))
    lost = {"effect": "lose-answer", "verbs": ["create"], "resource": r"chaosengines\..*", "times": 1}
    house.turn(api=[lost])
    conducting = house.conduct(slug)
    conducting.until("run.injected")
    assert len(house.platform()["engines"]) == 1, "it was asked for twice, and is there once"
    assert conducting.ends(150.0) == 0, conducting.told
    requested, clean = (
        datetime.fromisoformat(conducting.until(kind)["at"]) for kind in ("injection.requested", "run.clean")
    )
    assert clean - requested >= timedelta(seconds=65), "the first create might have landed behind the proof"
    assert conducting.states[-1] == "completed"
    house.nothing_is_left()


def test_with_the_operator_down_our_own_deletes_end_the_fault(house: House) -> None:
    conducting = _in_mid_fault(house, "no-operator-day")
    house.turn(operator="down")
    until(lambda: not house.is_serving("litmus/"), "the operator is gone")
    conducting.interrupt()
    conducting.until("run.pods_gone")
    # The run asks the API server; the platform's own picture of a real one comes a moment later.
    until(lambda: house.platform()["jobs"] == [], "no job is left")
    until(lambda: not any(name.startswith("chaos/") for name in house.platform()["pods"]), "no pod is left")
    assert "run.clean" not in conducting.kinds, "its engine still waits for the operator"
    house.turn(operator="up")
    _ended_by_the_stop(conducting, house)
