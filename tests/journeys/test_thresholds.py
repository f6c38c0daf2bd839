"""The figures in the file decide: with another, approved anew, the same platform gives another outcome."""

from __future__ import annotations

import pytest

from tests.journeys import plans
from tests.journeys.house import House

pytestmark = pytest.mark.stack


def test_another_abort_threshold_in_the_file_makes_another_outcome(house: House) -> None:
    half = plans.scenario(plans.HALF)
    slug = house.approved(plans.plan("threshold-day", half))
    conducting = house.conduct(slug)
    assert conducting.ends() == 0, conducting.told
    assert "p99 was" in conducting.text("run.breach")
    assert conducting.states[-2:] == ["reverting", "aborted"]
    assert "run.clean" in conducting.kinds
    assert "breach +0.0 s, decision +" in conducting.text("run.receipt")
    assert conducting.text("run.verdict").startswith("Verdict deviated.")

    tolerant = plans.abort_at(plans.abort_at(half, "p99", "> 100000"), "error-rate", "> 99")
    assert house.approved(plans.plan("threshold-day", tolerant)) == slug
    again = house.conduct(slug)
    assert again.ends() == 0, again.told
    assert "run.breach" not in again.kinds, again.told
    assert again.states == ["baselining", "injecting", "observing", "reverting", "completed"]
    assert again.text("run.verdict").startswith("Verdict deviated."), again.told
    house.nothing_is_left()
