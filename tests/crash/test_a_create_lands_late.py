"""A create whose answer is lost lands when its run is over and its grant gone, with Kubernetes' collector
away: the engine runs, and its fault is in."""

from __future__ import annotations

import pytest

from tests.crash.house import Wrecked
from tests.crash.residue import by_effect
from tests.journeys import plans
from tests.journeys.house import until

pytestmark = pytest.mark.crash

LANDS_AFTER = 110.0
"""Seconds: later than a create is waited for, and than a run takes to be over after that."""
LATE = {
    "effect": "apply-late",
    "code": 0,
    "seconds": LANDS_AFTER,
    "verbs": ["create"],
    "resource": r"chaosengines\..*",
}


def test_a_fault_that_comes_after_its_runs_end_is_ended_undone_and_on_record(house: Wrecked) -> None:
    taken = plans.with_recovery("fraud-latency", fault="120s", revert_within="90s")
    slug = house.approved(plans.plan("late-day", taken))
    house.turn(api=[LATE], collector="down")
    conducting = house.conduct(slug)
    conducting.until("injection.requested", within=90.0)
    conducting.interrupt()
    conducting.until("run.clean", within=LANDS_AFTER)
    assert conducting.ends(60.0) != 2, conducting.told
    assert conducting.states[-1] == "aborted" and house.platform()["engines"] == {}
    house.turn(api=[])  # what is under way lands all the same
    until(lambda: by_effect(house.platform()) != [], "the fault is in, and nobody asked for it", 180.0)
    until(lambda: "run.gone_late" in kinds(house, slug), "what came late is measured to be gone", 180.0)
    said = [kind for kind in kinds(house, slug) if kind.endswith("_late") or kind == "run.clean"]
    assert said.index("run.clean") < said.index("run.came_late") < said.index("run.undone_late")
    assert said[-1] == "run.gone_late"
    house.not_a_trace()


def kinds(house: Wrecked, slug: str) -> list[str]:
    return [event["kind"] for event in house.events(slug) if event["run"]]
