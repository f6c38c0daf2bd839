"""The control room's page: complete without a script."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest

from chaos.domain.run import Marks
from chaos.domain.states import RunState
from chaos.models import Cluster, Halt, Run
from gameday.conduct.arming import arm, disarm
from gameday.conduct.live import regions
from gameday.conduct.live_page import TIMELINE
from gameday.plans.models import Plan
from tests.gameday.cast import NOW, who
from tests.gameday.conduct import a_run
from tests.gameday.conduct.conftest import a_day, signed_in
from tests.gameday.conduct.reading import DAY, page, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]
SECOND = timedelta(seconds=1)


def charts_of(username, address=DAY):
    found = re.search(
        r'<script id="charts"[^>]*>(.*?)</script>', signed_in(username).get(address).content.decode()
    )
    return json.loads(found[1])


def test_a_day_before_its_first_run_says_what_to_do_next(day):
    words = page("fiona")
    assert "Nothing has run yet" in words
    assert "Arming looks at the cluster and changes nothing" in words


def test_who_does_not_conduct_is_offered_nothing_to_arm(day):
    for username in ("ravi", "otto", "petra", "anna", "ada"):
        assert "Arming looks" not in page(username)


def test_what_is_armed_is_shown_with_all_that_it_would_do(day):
    arm(day, "pod-kill", who("fiona"), NOW)
    words = page("fiona")
    for part in (
        "Armed: A pod is killed",
        "1 of 6 pods in payments: api-0",
        "Delete pods for 10 s",
        "p99 > 500 ms ; a probe goes blind",
        "Restart the deployment.",
        day.compiled().digest[:12],
        "Yes, inject now",
        "ends in 5 min",
    ):
        assert part in words, part


def test_what_somebody_else_armed_has_no_token(day):
    arm(day, "pod-kill", who("fiona"), NOW)
    assert "inject now" not in page("sam")


def test_what_is_armed_is_told_to_the_organisers_wherever_they_look_and_to_nobody_else(day):
    before = regions("small-day", True)["status"]
    armed = arm(day, "pod-kill", who("fiona"), NOW)
    ours, theirs = regions("small-day", True)["status"], regions("small-day", False)["status"]
    assert "Fiona armed A pod is killed." in ours
    assert "it hits 1 of 6 pods in payments: api-0" in ours
    assert armed.run in ours, "who may conduct asks for what they may do now"
    assert "armed" not in theirs and armed.run not in theirs
    assert "Fiona armed" in page("petra") and "Fiona armed" not in page("ravi")
    disarm(day, who("fiona"), NOW)
    assert regions("small-day", True)["status"] == before


def test_what_is_missing_stands_where_one_would_arm(db, cluster):
    a_day(is_approved=False)
    words = page("fiona")
    assert "Nothing can be launched yet." in words
    assert "Not yet acknowledged by: on-call" in words


def test_a_halt_stands_where_one_would_arm_with_the_way_to_its_release(day):
    at = NOW - 60 * SECOND
    Halt.objects.create(at=at, by="ada", reason="The card scheme has called.")
    Halt.objects.create(at=at, by="ada", reason="Disks.", cluster=Cluster.objects.get())
    words = page("fiona")
    assert "Nothing can be launched yet." in words
    assert (
        f"Everything is halted since {at:%H:%M:%S} UTC: The card scheme has called. Release the halt" in words
    )
    assert f"practice is halted since {at:%H:%M:%S} UTC: Disks. Release the halt on practice" in words
    assert 'href="/halt">Release the halt' in signed_in("fiona").get(DAY).content.decode()
    Halt.objects.update(released_at=NOW)
    assert "Release the halt" not in page("fiona")


def test_a_live_run_is_shown_with_its_timer_state_targets_and_alerts(day):
    run = a_run.live(day)
    a_run.told(run, "run.injected", "It is there.", NOW - 10 * SECOND, "organisers", left=["api-0"])
    words = page("fiona")
    for part in ("Injecting", "T+00:10", "since the fault was measured", "Nobody notices.", "api-0 Has left"):
        assert part in words, part
    assert "The fault is there. Its time is up 0 s ago" in words
    assert "Delete pods: 1 of 6 pods in payments Fault is there" in words
    assert "Arming looks" not in words, "nothing is armed beside a live run"


def test_a_probe_says_its_newest_reading_its_age_and_its_margins(day):
    run = a_run.live(day)
    a_run.measured(run, 110.0, 120.0)
    words = page("fiona")
    for part in (
        "p99 120 ms",
        "80 ms below the limit expected < 200 ms all through",
        "380 ms below the stop stops when > 500 ms",
        "measured 0 s ago",
    ):
        assert part in words, part


def test_an_unknown_reading_is_never_a_figure(day):
    run = a_run.live(day)
    a_run.measured(run, 110.0, None)
    words = page("fiona")
    assert "p99 Unknown" in words
    assert "Unknown: Prometheus did not answer within 2 s." in words
    assert "below the limit" not in words


def test_the_charts_begin_with_the_limits_and_readings(day):
    run = a_run.live(day)
    a_run.measured(run, 110.0, None, 610.0)
    data = charts_of("fiona")
    assert (data["run"], data["live"]) == (run, True)
    milliseconds = round(NOW.timestamp() * 1000)
    assert data["now"] == milliseconds
    assert data["fault"] == [milliseconds - 10_000, milliseconds]
    (probe,) = data["probes"]
    assert [(item["kind"], item["op"], item["bound"]) for item in probe["limits"]] == [
        ("expected", "<", 200.0),
        ("stop", ">", 500.0),
    ]
    why = "Prometheus did not answer within 2 s."
    assert probe["readings"][-2:] == [[milliseconds - 1000, None, why], [milliseconds, 610.0, ""]]


def test_a_run_that_nobody_drives_is_said_to_be_so(day):
    run = a_run.live(day)
    Run.objects.filter(pk=run).update(lease_until=NOW - 13 * SECOND)
    for username in ("fiona", "ravi", "otto", "petra", "anna"):
        assert "Nobody drives this run." in page(username)


@pytest.mark.parametrize("state", [RunState.INJECTING, RunState.REVERTING])
def test_a_stopped_run_that_nobody_drives_is_not_said_to_be_undone_and_what_still_ends_it_is_named(
    day, state
):
    run = a_run.live(day)
    told = {"stop_wanted_at": NOW, "stop_kind": "person", "stopped_by": "otto", "stop_reason": "Smoke."}
    Run.objects.filter(pk=run).update(state=state.value, **told)
    assert "nobody drives it" not in page("ravi")
    Run.objects.filter(pk=run).update(lease_until=NOW - 13 * SECOND)
    words = page("ravi")
    assert "Told to stop; nobody drives it: what was asked of the cluster is not measured." in words
    assert "Press Stop again" in words
    assert "only the cluster's watchdog and the fault's own duration end what is live" in words
    assert "being undone" not in words and "Undoing it" not in words


@pytest.mark.parametrize(("kind", "button"), [("person", "Stop"), ("halt", "Halt")])
def test_a_run_says_which_button_was_pressed(day, kind, button):
    run = a_run.live(day)
    told = {"stop_wanted_at": NOW, "stop_kind": kind, "stopped_by": "otto", "stop_reason": "Smoke."}
    Run.objects.filter(pk=run).update(**told)
    assert f"Otto pressed {button}. Smoke." in page("ravi")


def test_a_run_that_nobody_took_up_is_not_said_to_be_taken_up_in_a_moment(day):
    run = a_run.launched(day)
    assert "a driver takes it up in a moment" in page("ravi")
    Run.objects.filter(pk=run).update(launched_at=NOW - 13 * SECOND, state_since=NOW - 13 * SECOND)
    for words in (page("ravi"), regions("small-day", False)["status"], regions("small-day", True)["status"]):
        assert "Nobody drives this run." in words
        assert "in a moment" not in words
        assert "nobody has taken it up. After 12:00:47 UTC nothing is injected any more" in words


def test_a_run_that_is_over_shows_its_receipt_and_what_came_of_it(day):
    run = a_run.over(day)
    a_run.measured(run, 120.0)
    words = page("petra", f"/runs/{run}/")
    for part in (
        "Completed",
        "Every fault is measured to be gone",
        "1 of 1 fault measured to be gone",
        "Time was up",
        "+3.0 s",
        "The steady state is back",
        "launched 2026-06-01 11:59:00 UTC by Fiona",
    ):
        assert part in words, part


def test_while_only_a_lost_answer_is_waited_for_the_page_says_what_and_until_when(day):
    run, words = a_run.live(day), "A create whose answer was lost could still land until 12:00:50 UTC."
    a_run.driven(run, RunState.REVERTING, Marks(decided_at=NOW), requested_at=NOW)
    a_run.told(run, "run.late_create", words, until=(NOW + timedelta(seconds=50)).isoformat())
    assert f"{words} That is over in 50 s" in page("fiona")
    a_run.driven(run, RunState.REVERTING, Marks(decided_at=NOW, clean_at=NOW), requested_at=NOW)
    assert "Undoing it, and measuring" in page("fiona")


def test_an_earlier_run_is_not_mixed_up_with_what_is_live(day):
    earlier = a_run.over(day)
    newer = a_run.live(day)
    answer = signed_in("fiona").get(f"/runs/{earlier}/")
    assert b"data-live=" not in answer.content
    assert "Completed" in text_of(answer)
    assert b"data-live=" in signed_in("fiona").get(f"/runs/{newer}/").content


def test_what_people_write_is_shown_as_text_and_not_run(day):
    run = a_run.live(day)
    a_run.told(run, "note", "<script>alert(1)</script> **Fraud** sees [it](javascript:x)")
    html = signed_in("fiona").get(DAY).content.decode()
    assert "<script>alert(1)" not in html and 'href="javascript:' not in html
    assert "<strong>Fraud</strong>" in html


def test_a_plan_or_run_that_is_not_there_is_not_found(day):
    client = signed_in("fiona")
    assert client.get("/plans/nowhere/day").status_code == 404
    assert client.get("/runs/00000000-0000-4000-8000-000000000000/").status_code == 404


def test_the_day_takes_a_fixed_number_of_queries(day, django_assert_max_num_queries):
    run = a_run.live(day)
    a_run.measured(run, *[120.0] * 30)
    for number in range(30):
        a_run.told(run, "note", f"Note {number}")
    for username in ("fiona", "ravi"):
        client = signed_in(username)
        client.get(DAY)
        with django_assert_max_num_queries(30):
            client.get(DAY)


def test_a_long_timeline_shows_its_newest_entries_and_leads_to_the_earlier_ones(day):
    run = a_run.live(day)
    for number in range(TIMELINE + 10):
        a_run.told(run, "note", f"Note {number}.")
    answer = signed_in("fiona").get(DAY)
    assert answer.content.count(b'class="entry ') == TIMELINE
    (before,) = re.findall(rb"\?before=(\d+)", answer.content)
    assert "Note 0." not in text_of(answer)
    assert "Note 0." in page("fiona", f"{DAY}?before={before.decode()}")


def test_a_plan_of_an_older_release_says_so_and_silences_nobody(day):
    run = a_run.live(day)
    Plan.objects.update(document={**day.document, "format": "0"})
    answer = signed_in("ravi").get(DAY)
    assert answer.status_code == 409
    words = text_of(answer)
    assert "A small day cannot be read" in words and "Stop 1 run" in words
    assert regions("small-day", True)["status"] == ""
    assert signed_in("ravi").post("/stop", {"run": run}).status_code == 303
    assert Run.objects.get(pk=run).stop_wanted_at is not None


def test_a_long_note_is_folded_so_that_what_came_before_stays_in_sight(day):
    run = a_run.live(day)
    a_run.told(run, "note", "It was slow.")
    a_run.told(run, "note", "A long story. " * 60 + "Its end.")
    html = signed_in("ravi").get(DAY).content.decode()
    (folded,) = re.findall(r'<details class="entry-text">(.*?)</details>', html, re.DOTALL)
    assert "Its end." in folded and "Its end." not in folded.partition("</summary>")[0]
    assert "It was slow." not in folded
