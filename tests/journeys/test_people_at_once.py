"""Two people launch at once, and one presses Ctrl-C."""

from __future__ import annotations

import pytest

from tests.journeys import plans
from tests.journeys.house import House, until

pytestmark = pytest.mark.stack


def test_of_two_launches_at_once_one_runs_and_the_other_is_refused(house: House) -> None:
    slugs = [
        house.approved(plans.plan(f"{name}-at-once-day", plans.scenario(fault="60s")))
        for name in ("first", "second")
    ]
    both = [house.conduct(slug) for slug in slugs]
    until(lambda: any(one.has_ended for one in both), "one of the two is refused")
    refused, live = sorted(both, key=lambda one: not one.has_ended)
    assert refused.ends() == 1, refused.told
    assert "one run at a time. Wait for its end, or stop it" in refused.err, refused.told
    assert "run.launched" not in refused.kinds

    live.until("run.injected")
    live.interrupt()
    assert live.ends() == 3, live.told
    assert "fiona pressed Stop: The conductor was interrupted." in live.text("run.stop_wanted")
    assert live.states[-2:] == ["reverting", "aborted"]
    assert "every fault is proven gone" in live.text("run.state")
    assert "residue clean +" in live.text("run.receipt")
    assert "aborted" in live.out.splitlines()[-1], "the table closes the day"
    house.nothing_is_left()
