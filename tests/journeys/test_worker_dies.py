"""kill -9 of the whole worker in mid-fault: whoever comes next stops the run; nothing is left."""

from __future__ import annotations

import pytest

from tests.journeys import plans
from tests.journeys.house import House, until

pytestmark = pytest.mark.stack


def test_a_killed_worker_that_comes_back_stops_its_run(house: House) -> None:
    slug = house.approved(plans.plan("killed-worker-day", plans.scenario(fault="60s")))
    conducting = house.conduct(slug)
    conducting.until("run.injected")
    house.kill("worker")
    house.start("worker")
    # Once the dead driver's lease is over, beat rings the sweep, and the sweep a new driver.
    stopped = conducting.until("run.stop_wanted", within=60.0)
    assert stopped["data"]["kind"] == "blind", conducting.told
    assert conducting.ends() == 0, conducting.told
    assert conducting.states[-2:] == ["reverting", "aborted"]
    assert "every fault is proven gone" in conducting.text("run.state")
    assert conducting.kinds.count("injection.requested") == 1, "it was not injected anew"
    house.nothing_is_left()


def test_a_stop_that_the_cluster_refuses_gets_through_once_it_answers_with_nobody_to_drive_the_run(
    house: House,
) -> None:
    slug = house.approved(plans.plan("undriven-stop-day", plans.scenario(fault="120s")))
    conducting = house.conduct(slug)
    conducting.until("run.injected")
    house.turn(api=[{"effect": "refuse", "code": 503, "verbs": ["delete", "deletecollection"]}])
    for name in ("worker", "beat"):
        house.kill(name)
    conducting.interrupt()
    conducting.until("run.stop_wanted")
    until(lambda: "Not all went through at first" in conducting.out, "it says so")
    assert house.chaos_left() != []
    house.turn(api=[])
    until(
        lambda: house.chaos_left() == [],
        "the cluster is clean, by the process that took the Stop",
        within=10.0,
    )
    house.start("worker", "beat")
    assert conducting.ends() == 3, conducting.told
    assert conducting.states[-2:] == ["reverting", "aborted"]
    house.nothing_is_left()


def test_a_halt_clears_the_cluster_with_worker_and_broker_dead_and_lasts_until_its_release(
    house: House,
) -> None:
    slug = house.approved(plans.plan("halted-day", plans.scenario(fault="60s")))
    conducting = house.conduct(slug)
    conducting.until("run.injected")
    for name in ("worker", "beat", "redis"):
        house.kill(name)
    assert house.chaos_left() != []
    halted = house.manage("halt", "--as", "otto", "--reason", "The card scheme has called.")
    assert halted.status == 0, halted.told
    assert "Halted: nothing starts until somebody releases it" in halted.out, halted.told
    until(lambda: house.chaos_left() == [], "the cluster is clean")
    assert "otto pressed Stop: Halted: The card scheme has called." in house.told_of(slug, "run.stop_wanted")

    other = house.approved(plans.plan("after-halt-day"))
    refused = house.conduct(other)
    assert refused.ends() == 1, refused.told
    assert "The card scheme has called." in refused.err, refused.told
    for arguments, told in (
        (("--as", "otto", "--reason", "It is over."), "may not release a halt"),
        (("--as", "ada", "--reason", " "), "A release needs a reason"),
    ):
        said = house.manage("halt", "--release", *arguments)
        assert (said.status, told in said.err) == (1, True), said.told
    released = house.manage("halt", "--release", "--as", "ada", "--reason", "The scheme is back.")
    assert released.status == 0, released.told

    house.start("redis", "worker", "beat")
    assert conducting.ends() == 3, conducting.told
    assert conducting.states[-2:] == ["reverting", "aborted"]
    steps = conducting.until("run.receipt")["data"]["steps"]
    assert steps["decision"] == conducting.until("run.stop_wanted")["at"], "it counts from the halt"
    after = house.conduct(other)
    assert after.ends() == 0, after.told
    assert after.states[-1] == "completed"
    house.nothing_is_left()
