"""Nothing is launched that was not approved, by somebody else, exactly as it stands, in its window."""

from __future__ import annotations

import pytest

from tests.journeys import plans
from tests.journeys.conducting import Conducting
from tests.journeys.house import House

pytestmark = pytest.mark.stack


def _refused(conducting: Conducting, *told: str) -> None:
    """Refused with exit status 1 and the reason on stderr; nothing was launched."""
    assert conducting.ends() == 1, conducting.told
    for words in told:
        assert words in conducting.err, conducting.told
    assert "Traceback" not in conducting.err, conducting.told
    assert "run.launched" not in conducting.kinds, conducting.told


def _imported(desk: House, plan: plans.Plan) -> str:
    slug = str(plan["plan"])
    said = desk.several(*plans.preparations(plans.write(plan, desk.state), slug)[:3])
    assert said.status == 0, said.told
    return slug


def test_nobody_approves_a_plan_of_their_own(desk: House) -> None:
    slug = _imported(desk, plans.plan("own-day"))
    petra = ["people", "add", "petra", "--name", "Petra", "--team", "payments"]
    assert desk.manage(*petra, "--role", "approver", "--as", "ada").status == 0
    said = desk.manage("plan", "approve", slug, "--as", "petra", "--comment", "It is mine.")
    assert said.status == 1
    assert "has written this plan; somebody else must approve it" in said.err, said.told
    _refused(desk.conduct(slug), "1 approval of exactly this plan is needed for rehearsal, 0 given")


def test_who_facilitates_the_day_does_not_approve_it(desk: House) -> None:
    slug = _imported(desk, plans.plan("facilitated-day", people={"anders": ["facilitator"]}))
    said = desk.manage("plan", "approve", slug, "--as", "anders", "--comment", "I shall lead it.")
    assert said.status == 1
    assert "Anders Holm facilitates this day; somebody else must approve it" in said.err, said.told


def test_who_does_not_facilitate_launches_nothing(desk: House) -> None:
    slug = desk.approved(plans.plan("other-facilitator-day", people={"ravi": ["facilitator"]}))
    _refused(desk.conduct(slug), "Fiona Okafor", "conduct the day")


def test_a_plan_edited_after_its_approval_is_not_launched(desk: House) -> None:
    slug = desk.approved(plans.plan("edited-day"))
    wider = plans.abort_at(plans.scenario(), "p99", "> 5000")
    file = plans.write(plans.plan(slug, wider), desk.state)
    said = desk.manage("plan", "import", str(file), "--as", "petra")
    assert "Approvals of earlier versions are void" in said.out, said.told
    _refused(desk.conduct(slug), "0 given", "is of an earlier version of the plan", "Not yet acknowledged by")


def test_a_plan_is_not_launched_outside_its_window(desk: House) -> None:
    window = {"opens": "2036-01-01T00:00:00Z", "closes": "2036-01-01T08:00:00Z"}
    slug = desk.approved(plans.plan("later-day", window=window))
    _refused(desk.conduct(slug), "The window opens at 2036-01-01 00:00 UTC")


def test_a_plan_whose_window_has_closed_is_neither_approved_nor_launched(desk: House) -> None:
    window = {"opens": "2026-01-01T00:00:00Z", "closes": "2026-01-01T08:00:00Z"}
    slug = _imported(desk, plans.plan("past-day", window=window))
    said = desk.manage("plan", "approve", slug, "--as", "anders", "--comment", "Too late.")
    assert said.status == 1
    assert "The plan's window has closed" in said.err, said.told
    _refused(desk.conduct(slug), "The window closed at 2026-01-01 08:00 UTC")


def test_a_party_that_has_not_acknowledged_holds_up_the_launch(desk: House) -> None:
    slug = "untold-day"
    told = plans.preparations(plans.write(plans.plan(slug), desk.state), slug)
    assert desk.several(told[0], told[1], told[3]).status == 0
    stranger = desk.manage("plan", "acknowledge", slug, "--party", "fraud-team", "--as", "sam")
    assert (stranger.status, "that takes one of: otto" in stranger.err) == (1, True), stranger.told
    _refused(desk.conduct(slug), "Not yet acknowledged by: fraud-team")
