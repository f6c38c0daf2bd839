"""SIGKILL of the worker on its way to a fault: one fault at the most comes of it, and none stays."""

from __future__ import annotations

import pytest

from tests.crash.house import Wrecked
from tests.journeys import plans

pytestmark = pytest.mark.crash

SLOW = {"effect": "delay", "seconds": 2, "verbs": ["create"], "resource": r"chaosengines\..*", "times": 1}


@pytest.mark.parametrize("checkpoint", ["grant-made", "intent-written", "create-sent", "created", "injected"])
def test_a_worker_is_killed_and_the_next_one_leaves_nothing_behind(house: Wrecked, checkpoint: str) -> None:
    slug = house.approved(plans.plan(f"{checkpoint}-day", plans.scenario(fault="60s", revert_within="90s")))
    house.turn(api=[SLOW] if checkpoint == "create-sent" else [])
    house.mine(checkpoint)
    with house.watch() as watch:
        conducting = house.conduct(slug)
        house.blows_up()
        house.ended_truly(conducting, watch)
    if checkpoint == "grant-made":  # nothing was asked for yet: whoever comes next may begin
        return
    assert conducting.states[-1] == "aborted" and house.verdict_of(slug) == "inconclusive"
