from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gameday.approvals.policy import POLICY_VERSION, Asked, Decision, Given, missing, tier, why_not_approve

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)

ASKED = Asked(
    digest="d1",
    cluster_uid="u1",
    environment="rehearsal",
    writers=frozenset({"petra", "paul"}),
    facilitators=frozenset({"fiona"}),
    opens=NOW - DAY,
    closes=NOW + DAY,
)


def given(approver: str = "anna", **changes: object) -> Given:
    return replace(
        Given(approver, approver.title(), Decision.APPROVED, "d1", "u1", POLICY_VERSION, NOW + DAY, True),
        **changes,  # type: ignore[arg-type]
    )


def test_one_approval_of_exactly_this_plan_is_enough_for_a_rehearsal():
    assert missing(ASKED, [given()], NOW) == []


def test_without_an_approval_nothing_is_launched():
    assert missing(ASKED, [], NOW) == ["1 approval of exactly this plan is needed for rehearsal, 0 given."]


@pytest.mark.parametrize("environment", ["production", "somewhere new"])
def test_production_and_what_is_not_known_need_two_people(environment: str):
    asked = replace(ASKED, environment=environment)
    assert missing(asked, [given()], NOW)
    assert missing(asked, [given(), given()], NOW)
    assert missing(asked, [given(), given("arne")], NOW) == []


def test_approvals_last_seven_days_outside_production_and_72_hours_in_it():
    assert tier("rehearsal").lasts == tier("staging").lasts == 7 * DAY
    assert tier("production").lasts == 3 * DAY


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"digest": "d0"}, "of an earlier version"),
        ({"cluster_uid": "u0"}, "for another cluster"),
        ({"policy_version": "0"}, "earlier approvals policy"),
        ({"expires_at": NOW}, "expired at 2026-06-01 12:00 UTC"),
        ({"is_approver": False}, "not an approver of the team any more"),
        ({"approver": "petra", "name": "Petra"}, "Petra has since written on the plan"),
        ({"approver": "fiona", "name": "Fiona"}, "Fiona facilitates the day"),
    ],
)
def test_an_approval_stops_counting_and_says_why(changes: dict[str, object], words: str):
    needed, why = missing(ASKED, [given(**changes)], NOW)
    assert "0 given" in needed
    assert words in why


def test_an_approval_counts_until_the_instant_at_which_it_expires():
    assert missing(ASKED, [given(expires_at=NOW + timedelta(microseconds=1))], NOW) == []


def test_a_rejection_of_this_plan_outweighs_every_approval():
    rejected = given("arne", decision=Decision.REJECTED, comment="Too many pods.")
    assert missing(ASKED, [given(), rejected], NOW) == ["Arne rejected exactly this plan: Too many pods."]


def test_a_rejection_of_an_earlier_version_does_not_stand_in_the_way():
    assert missing(ASKED, [given(), given("arne", decision=Decision.REJECTED, digest="d0")], NOW) == []


def test_who_must_be_told_and_was_not_is_named():
    (sentence,) = missing(replace(ASKED, untold=("on-call", "fraud-team")), [given()], NOW)
    assert "on-call, fraud-team" in sentence


@pytest.mark.parametrize(
    ("at", "words"),
    [(NOW - 2 * DAY, "The window opens at 2026-05-31 12:00"), (NOW + DAY, "The window closed")],
)
def test_outside_the_window_nothing_is_launched(at: datetime, words: str):
    (sentence,) = missing(ASKED, [given(expires_at=NOW + 9 * DAY)], at)
    assert words in sentence


def test_the_window_opens_at_its_first_instant():
    assert missing(ASKED, [given()], ASKED.opens) == []


def test_everything_that_is_missing_is_said_at_once():
    asked = replace(ASKED, untold=("on-call",), closes=NOW)
    assert len(missing(asked, [], NOW)) == 3


@pytest.mark.parametrize(
    ("username", "is_approver", "words"),
    [("petra", True, "has written"), ("paul", True, "has written"), ("fiona", True, "facilitates"),
     ("ravi", False, "is not an approver")],
)  # fmt: skip
def test_who_may_not_approve_is_told_why(username: str, is_approver: bool, words: str):
    (reason,) = why_not_approve(ASKED, username, username.title(), is_approver, NOW)
    assert words in reason


def test_nobody_approves_a_day_that_is_over():
    assert why_not_approve(ASKED, "anna", "Anna", True, ASKED.closes)
    assert why_not_approve(ASKED, "anna", "Anna", True, NOW) == []
