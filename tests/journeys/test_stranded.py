"""A fault that does not go away is never called reverted: it is said loudly, and tried for ever."""

from __future__ import annotations

import pytest

from tests.journeys import plans
from tests.journeys.house import House, until

pytestmark = pytest.mark.stack


def test_a_fault_that_will_not_revert_is_stranded_loudly_and_ends_by_proof_alone(house: House) -> None:
    short = plans.scenario(fault="3s", observe="1s", revert_within="10s")
    slug = house.approved(plans.plan("stranded-day", short))
    conducting = house.conduct(slug)
    conducting.until("run.injected")
    house.turn(revert="stuck")  # the replacement never gets ready
    conducting.until("run.stranded")
    assert "5 of 6 pods are ready in payments" in conducting.text("run.stranded"), conducting.told
    assert conducting.ends() == 2, conducting.told
    assert "NOT PROVEN GONE: " in conducting.out, conducting.told
    assert "Its driver goes on trying" in conducting.out, conducting.told
    assert "run.clean" not in conducting.kinds
    assert conducting.states[-1] == "reverting"
    refused = house.conduct(slug)
    assert refused.ends() == 1, refused.told
    assert "is live on rehearsal; one run at a time" in refused.err, refused.told

    house.turn(revert="ok")
    until(lambda: house.state_of(slug) == "completed", "the run ends by itself", 60.0)
    assert "run.clean" in [event["kind"] for event in house.events(slug)]
    house.nothing_is_left()
