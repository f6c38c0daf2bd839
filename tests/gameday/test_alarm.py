"""A fault that cannot be proven gone: on every page, also on open ones, and where Prometheus reads."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from chaos.domain.run import Marks
from chaos.domain.states import RunState
from chaos.models import Run
from chaos.services import queries
from tests.gameday.cast import NOW, who
from tests.gameday.conduct.a_run import SECOND, driven, launched
from tests.gameday.conduct.conftest import BLIND, a_day, bell, cluster, day, signed_in  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cluster")]
PAGES = ["/", "/plans/", "/faults/", "/actions/", "/halt", "/password", "/alarm", "/plans/small-day/day"]


@pytest.fixture
def stranded(day, monkeypatch):  # noqa: F811
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    run = launched(day, NOW - 200 * SECOND)
    asked = NOW - 190 * SECOND
    driven(run, RunState.REVERTING, Marks(stranded_at=NOW - 90 * SECOND), requested_at=asked)
    return run


def read(path, username="anna"):
    return unescape(signed_in(username).get(path).content.decode())


@pytest.mark.parametrize("path", PAGES)
def test_it_stands_on_every_page_with_where_since_when_and_the_way_to_it(stranded, path):
    said = read(path)
    assert "Stranded on practice." in said
    assert "overdue since" in said and f"{NOW - 90 * SECOND:%H:%M:%S}" in said
    assert f'href="/runs/{stranded}/clean-up"' in said


def test_it_stands_there_too_while_no_driver_is_left_to_say_so(stranded):
    within = timedelta(milliseconds=Run.objects.get().spec["durations"]["revert_within"])
    Run.objects.update(marks={}, state_since=NOW - within - SECOND)
    assert "Stranded on practice." in read("/")
    Run.objects.update(state_since=NOW - within + SECOND)
    assert "Stranded" not in read("/")
    Run.objects.update(state="injecting", not_after=NOW - within - SECOND)
    assert "Stranded on practice." in read("/")


def test_a_run_that_was_told_to_stop_and_that_nobody_drives_stands_there_once_it_should_be_undone(stranded):
    within = timedelta(milliseconds=Run.objects.get().spec["durations"]["revert_within"])
    Run.objects.update(marks={}, state="injecting", not_after=NOW + 3600 * SECOND)
    assert "Stranded" not in read("/")
    Run.objects.update(stop_wanted_at=NOW - within + SECOND)
    assert "Stranded" not in read("/")
    Run.objects.update(stop_wanted_at=NOW - within - SECOND)
    assert "Stranded on practice." in read("/"), "long before its own time is up"
    Run.objects.update(state="baselining")
    assert "Stranded" not in read("/"), "nothing was asked for yet"


def test_a_run_that_only_waits_for_a_create_that_may_still_land_does_not_stand_there(stranded):
    within = timedelta(milliseconds=Run.objects.get().spec["durations"]["revert_within"])
    waiting = {"late_until": (NOW + 20 * SECOND).isoformat()}
    over = NOW - within - SECOND
    Run.objects.update(marks=waiting, state_since=over, lease_until=NOW + SECOND)
    assert "Stranded" not in read("/")
    Run.objects.update(lease_until=NOW - SECOND)
    assert "Stranded on practice." in read("/"), "nobody measures any more that nothing is left"
    waiting = {"late_until": (NOW - 9 * SECOND).isoformat()}
    Run.objects.update(marks=waiting, lease_until=NOW + SECOND)
    assert "Stranded on practice." in read("/"), "the wait is over, and it was not measured to be gone"


def test_once_it_is_measured_to_be_gone_it_stands_there_no_more(stranded):
    driven(stranded, RunState.REVERTING, Marks(stranded_at=NOW, clean_at=NOW), requested_at=NOW)
    assert "Stranded on" not in read("/")


def test_what_came_after_the_end_of_a_run_stands_there_until_it_is_gone(stranded):
    driven(stranded, RunState.ABORTED, Marks(clean_at=NOW), requested_at=NOW)
    assert "Stranded on" not in read("/")
    Run.objects.update(late_since=NOW - SECOND)
    assert "Stranded on practice." in read("/plans/")
    assert "Something is left." in read(f"/runs/{stranded}/clean-up")
    assert queries.live_runs() == [], "and the day goes on"
    Run.objects.update(late_since=None)
    assert "Stranded on" not in read("/")


def test_it_waits_for_administrators_and_for_the_plans_own_people(stranded):
    for username in ("ada", "fiona", "petra"):
        assert "is stranded on practice: it cannot be proven gone." in read("/", username)


def test_who_may_not_know_the_scenario_reads_that_something_is_stranded(db, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    run = launched(a_day(BLIND), NOW - 200 * SECOND)
    driven(run, RunState.REVERTING, Marks(stranded_at=NOW - 90 * SECOND), requested_at=NOW)
    title = Run.objects.get().spec["title"]
    assert title in read("/alarm", "fiona") and title not in read("/alarm", "ravi")
    assert "A scenario that is not announced" in read("/alarm", "ravi")


def test_prometheus_reads_it_in_numbers_alone(stranded):
    said = Client().get("/metrics").content.decode()
    assert "gameday_stranded_runs 1\n" in said
    assert "gameday_stranded_seconds 90\n" in said
    assert "gameday_unreviewed_strips 0\n" in said
    assert "practice" not in said and "small-day" not in said


def test_while_the_database_is_away_no_number_is_made_up(monkeypatch):
    def away():
        raise OperationalError("away")

    monkeypatch.setattr(queries, "open_runs", away)
    assert Client().get("/metrics").status_code == 503


def test_the_alarm_takes_the_same_few_queries_while_nothing_is_wrong(day, django_assert_max_num_queries):  # noqa: F811
    client = signed_in("anna")
    with django_assert_max_num_queries(5):
        said = client.get("/alarm").content.decode()
    assert 'data-alarms=""' in said
    assert timezone.now() and who("anna")
