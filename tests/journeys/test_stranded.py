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


def test_an_engine_that_a_dead_operator_leaves_held_is_freed_by_two_people_after_all_else_is_gone(
    house: House,
) -> None:
    short = plans.scenario(fault="3s", observe="1s", revert_within="10s")
    slug = house.approved(plans.plan("held-day", short))
    conducting = house.conduct(slug)
    conducting.until("run.injected")
    house.turn(operator="down")  # nobody takes its finalizer off
    conducting.until("run.stranded")
    assert "finalizer chaosengine.litmuschaos.io/finalizer" in conducting.text("run.stranded"), (
        conducting.told
    )
    run = conducting.run
    said = house.manage("run", "left", run)
    assert said.status == 2 and "--type=json -p" in said.out, said.told
    engine = f"gd-{run[:8]}-0"
    words = ("run", "strip", run, "--engine", engine, "--reason", "No operator.", "--as")
    assert house.manage(*words, "fiona").status == 1
    done = house.manage(*words, "ada")
    assert done.status == 0, done.told
    until(lambda: house.state_of(slug) in ("completed", "aborted"), "the run ends by itself", 60.0)
    conducting.ends()
    certified = house.manage("run", "certificate", run)
    assert certified.status == 0 and ": clean." in certified.out and "NOT REVIEWED" in certified.out
    number = done.out.split("run review ")[1].split()[0]
    review = ("run", "review", number, "--note", "The operator had been scaled to none.", "--as")
    assert house.manage(*review, "ada").status == 1
    assert house.manage(*review, "iris").status == 0
    kinds = [event["kind"] for event in house.events(slug)]
    assert kinds.index("run.stranded") < kinds.index("glass.broken") < kinds.index("run.clean")
    house.turn(operator="up")
    house.nothing_is_left()
