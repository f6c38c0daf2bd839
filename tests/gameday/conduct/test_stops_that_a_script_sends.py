"""What the page's script sends and is told: once or again and again, at once or long after the press."""

from __future__ import annotations

import re
import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from chaos.models import Halt, Run
from gameday.conduct import services
from tests.gameday.conduct import a_run
from tests.gameday.conduct.conftest import signed_in
from tests.gameday.conduct.reading import page

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(day, cluster):
    """Live, with nothing said to its cluster yet."""
    found = a_run.live(day)
    cluster.said.clear()
    return found


def by_script(address="/stop", username="otto", **sent):
    """The answer that a page's script gets."""
    answer = signed_in(username).post(address, sent, headers={"Accept": "application/json"})
    assert answer.status_code == 200
    return answer.json()


def test_a_script_is_told_how_it_went_and_not_by_the_page_that_would_follow(run, cluster):
    answer = by_script(run=run)
    assert answer == {
        "told": "Stopping 1 run. The deletes have gone to the cluster.",
        "is_whole": True,
        "where": f"/runs/{run}/",
    }
    assert "revert" in cluster.said
    assert "Stopping 1 run." not in page("otto"), "it is not said again on the next page"


def test_where_no_one_run_was_stopped_the_browser_goes_home_whatever_page_it_came_from(day):
    answer = signed_in("otto").post("/stop", {}, headers={"Referer": "http://testserver/people/otto/link"})
    assert (answer.status_code, answer["Location"]) == (303, "/")
    assert by_script()["where"] == ""


@pytest.mark.parametrize(("address", "username"), [("/stop", "otto"), ("/halt", "ravi")])
def test_a_press_of_long_ago_stops_nothing_and_asks_for_a_new_one(run, cluster, address, username):
    answer = by_script(address, username, ago="36000")
    assert not answer["is_whole"]
    assert "was pressed 10 h ago, too long to count: nothing was stopped. Press it again." in answer["told"]
    assert cluster.said == [] and not Halt.objects.exists()
    assert Run.objects.get(pk=run).stop_wanted_at is None


def test_a_press_that_took_a_while_stops_what_it_saw_and_nothing_that_was_launched_since(run, cluster):
    now = timezone.now()
    Run.objects.filter(pk=run).update(launched_at=now - timedelta(seconds=30))
    assert "was launched after Stop was pressed" in by_script(ago="60")["told"]
    assert Run.objects.get(pk=run).stop_wanted_at is None
    assert by_script(ago="11")["is_whole"]
    assert Run.objects.get(pk=run).stop_wanted_at >= now


def test_a_press_that_took_a_while_is_recorded_with_both_times(run):
    by_script(run=run, ago="11.4", reason="Smoke.")
    reason = Run.objects.get(pk=run).stop_reason
    assert re.fullmatch(r"Smoke\. Pressed at \d\d:\d\d:\d\d UTC, 11 s before it reached Gameday\.", reason)


@pytest.mark.parametrize("ago", ["", "x", "nan", "inf", "-5", "1.9"])
def test_a_press_without_a_sound_age_has_only_just_been_made(run, ago):
    by_script(run=run, ago=ago, reason="Smoke.")
    assert Run.objects.get(pk=run).stop_reason == "Smoke."


def test_a_halt_answers_in_time_while_a_cluster_hangs_and_says_what_is_written_down(
    run, cluster, monkeypatch
):
    monkeypatch.setattr(services, "ANSWERS_WITHIN", timedelta(milliseconds=300))
    hold = threading.Event()
    cluster.fail["revert_all"] = lambda: hold.wait(5)
    answer = by_script("/halt", "ravi", reason="A real incident.")
    hold.set()
    assert answer["told"].startswith("Halted, and written down: nothing starts until it is released.")
    assert "practice has not answered within 0.3 s. Gameday goes on trying there." in answer["told"]
    assert "Nothing of ours" not in answer["told"], "nobody knows yet"
    assert (answer["is_whole"], answer["where"]) == (False, "/halt")
    assert Halt.objects.get().reason == "A real incident."
    assert Run.objects.get(pk=run).stop_wanted_at is not None


def test_a_halt_that_is_sent_again_is_one_halt_and_one_sentence(run, cluster):
    for _ in range(4):
        answer = by_script("/halt", "ravi", reason="A real incident.")
    assert "Halted by you since" in answer["told"] and answer["is_whole"]
    assert Halt.objects.count() == 1
    assert page("fiona", "/plans/").count("A real incident.") == 1
    by_script("/halt", "fiona", reason="Smoke too.")
    words = page("otto", "/plans/")
    assert ", and 1 more)" in words and "Smoke too." not in words, "one sentence on every page"
    assert "Smoke too." in page("otto", "/halt")
