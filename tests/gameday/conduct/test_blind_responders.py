"""A scenario for the organisers alone: responders meet it as they would meet the incident."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chaos.domain.states import RunState
from gameday.conduct import feed, follow
from gameday.conduct.live import REGIONS, regions
from tests.gameday.cast import NOW, who
from tests.gameday.conduct import a_run
from tests.gameday.conduct.conftest import BLIND, a_day, signed_in
from tests.gameday.conduct.reading import DAY, page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]
SECOND = timedelta(seconds=1)
SECRETS = ("A pod is killed", "Nobody notices", "api-0", "pod-delete", "Delete pods", "p99", "500 ms")


@pytest.fixture
def blind(db, cluster):
    return a_day(BLIND)


def a_live_run(plan):
    run = a_run.live(plan)
    a_run.measured(run, 110.0, 120.0)
    a_run.told(run, "injection.requested", "pod-delete requested on api-0 (1 of 6).", NOW, "organisers")
    return run


@pytest.mark.parametrize("username", ["ravi", "otto"])
def test_before_during_and_until_its_end_it_is_not_announced(blind, username):
    assert "1 Not announced Ahead" in page(username)
    run = a_live_run(blind)
    for address in (DAY, f"/runs/{run}/"):
        html = signed_in(username).get(address).content.decode()
        assert "Not announced" in html
        assert [secret for secret in SECRETS if secret in html] == []


@pytest.mark.parametrize("username", ["fiona", "sam", "petra", "anna", "ada"])
def test_the_organisers_see_all_of_it(blind, username):
    a_live_run(blind)
    words = page(username)
    assert [part for part in ("A pod is killed", "Nobody notices", "api-0", "p99") if part not in words] == []


def test_that_something_is_live_and_how_to_stop_it_is_told_to_everybody(blind):
    a_live_run(blind)
    words = page("ravi")
    assert "Injecting" in words and "Stop this run" in words
    assert "T+00:20 since the launch" in words, "not since the injection, which would tell when it was"


def test_after_its_end_it_is_told_to_everybody(blind):
    run = a_live_run(blind)
    a_run.driven(run, RunState.COMPLETED, requested_at=NOW, injected_at=NOW, reverted_at=NOW)
    words = page("ravi")
    assert "A pod is killed" in words and "api-0" in words and "requested on api-0" in words


def test_the_regions_are_rendered_for_each_audience(blind):
    a_live_run(blind)
    ours, theirs = regions("small-day", True), regions("small-day", False)
    assert set(ours) == set(theirs) == set(REGIONS)
    assert "api-0" in ours["targets"] and theirs["targets"].strip() == ""
    everything = " ".join(theirs.values())
    assert [secret for secret in SECRETS if secret in everything] == []


def test_the_regions_hold_no_ones_own_buttons(blind):
    a_live_run(blind)
    for is_organiser in (True, False):
        html = " ".join(regions("small-day", is_organiser).values())
        assert "<form" not in html and "csrf" not in html


def test_the_regions_take_a_fixed_number_of_queries(blind, django_assert_max_num_queries):
    run = a_live_run(blind)
    for number in range(40):
        a_run.told(run, "note", f"Note {number}.")
    for is_organiser in (True, False):
        with django_assert_max_num_queries(9):
            regions("small-day", is_organiser)


def test_a_note_for_the_organisers_is_for_them_alone(blind):
    a_live_run(blind)
    note = {"text": "They have not noticed.", "audience": "organisers"}
    signed_in("sam").post(f"{DAY}/note", note)
    signed_in("ravi").post(f"{DAY}/note", {"text": "Something is slow.", "audience": "organisers"})
    assert "They have not noticed." in page("fiona")
    words = page("ravi")
    assert "They have not noticed." not in words
    assert "Something is slow." in words, "who is no organiser writes for everybody"


def test_to_arm_is_told_to_the_organisers_alone(blind):
    from gameday.conduct.arming import arm

    arm(blind, "pod-kill", who("fiona"), NOW)
    assert "Fiona armed A pod is killed" in page("sam")
    assert "armed" not in page("ravi")


def test_what_its_probes_measure_is_streamed_and_polled_to_the_organisers_alone_until_it_ends(blind):
    follower, asked = follow.Follower(), {blind.stream: {True, False}}
    run = a_live_run(blind)
    follower.look(asked)
    before = feed.here(blind.stream)
    a_run.measured(run, 130.0)

    def probes(items):
        return [item for item in items if item.name == "samples"]

    news = follower.look(asked)[blind.stream].items
    assert probes(news[True])
    assert not probes(news[False])
    assert probes(feed.after(blind.stream, before, True, 100)[0])
    assert not probes(feed.after(blind.stream, before, False, 100)[0])
    a_run.driven(run, RunState.COMPLETED, requested_at=NOW, injected_at=NOW, reverted_at=NOW)
    assert probes(feed.after(blind.stream, before, False, 100)[0])
