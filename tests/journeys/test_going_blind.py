"""Blind means stop: whatever keeps the readings away, a fault is not left to itself."""

from __future__ import annotations

import pytest

from tests.journeys import plans
from tests.journeys.conducting import Conducting
from tests.journeys.house import House

pytestmark = pytest.mark.stack


def _stopped_blind(conducting: Conducting) -> None:
    """It went blind, was stopped, and is proven gone; the stop is not a refusal."""
    assert conducting.until("run.stop_wanted")["data"]["kind"] == "blind", conducting.told
    conducting.until("run.clean")
    assert conducting.text("run.stop_wanted").startswith("Stopping: Blind: "), conducting.told


def _ended_proven(conducting: Conducting, house: House) -> None:
    assert conducting.ends() == 0, conducting.told
    assert conducting.states[-2:] == ["reverting", "aborted"]
    assert "every fault is proven gone" in conducting.text("run.state"), conducting.told
    house.nothing_is_left()


def test_without_prometheus_nothing_is_injected(house: House) -> None:
    slug = house.approved(plans.plan("no-prometheus-day"))
    house.stop("prometheus")
    conducting = house.conduct(slug)
    assert conducting.ends() == 1, conducting.told
    assert "Prometheus could not be reached" in conducting.text("run.stop_wanted")
    assert conducting.states == ["baselining", "reverting", "aborted"]
    assert "injection.requested" not in conducting.kinds
    assert "pod-kill was not conducted: its fault was never measured to be there" in conducting.err
    house.nothing_is_left()


def test_prometheus_killed_in_mid_fault_stops_the_run(house: House) -> None:
    slug = house.approved(plans.plan("lost-prometheus-day", plans.scenario(fault="60s")))
    conducting = house.conduct(slug)
    conducting.until("run.injected")
    house.kill("prometheus")
    _stopped_blind(conducting)
    house.start("prometheus")
    _ended_proven(conducting, house)


@pytest.mark.parametrize("mode", ["nan", "empty", "frozen"])
def test_metrics_that_say_nothing_in_mid_fault_stop_the_run(house: House, mode: str) -> None:
    slug = house.approved(plans.plan(f"{mode}-day", plans.scenario(fault="60s")))
    conducting = house.conduct(slug)
    conducting.until("run.injected")
    house.turn(metrics=mode)
    _stopped_blind(conducting)
    house.turn(metrics="ok")
    _ended_proven(conducting, house)
