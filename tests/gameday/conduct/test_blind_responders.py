"""A scenario for the organisers alone: responders meet it as they would meet the incident."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from chaos.domain.injection import Progress
from chaos.domain.states import RunState
from chaos.journal.models import JournalEntry
from chaos.services import queries
from gameday.access import TABLE
from gameday.conduct import feed, follow, stream
from gameday.conduct.arming import arm
from gameday.conduct.audience import is_organiser
from gameday.conduct.live import REGIONS, regions
from gameday.conduct.live_room import room
from gameday.conduct.live_status import status
from gameday.debriefs.models import Finding
from gameday.debriefs.services import finding_from_note
from gameday.plans.audience import kept_live
from gameday.plans.models import Plan
from tests.gameday.cast import NOW, who
from tests.gameday.conduct import a_run
from tests.gameday.conduct.conftest import BLIND, a_day, signed_in
from tests.gameday.conduct.reading import DAY, page
from tests.gameday.test_access import ALL

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]
SECOND = timedelta(seconds=1)
SECRETS = (
    "A pod is killed", "pod-kill", "Nobody notices", "api-0", "pod-delete", "Delete pods", "p99", "500 ms",
    "payments-api-1",
)  # fmt: skip
CATALOGUE = ("plans:fault", "plans:faults")
"""What could be done to any cluster; it says nothing of a plan."""
READ = [
    (name, names)
    for name, names in ALL
    if "GET" in TABLE[name]
    and name not in (*CATALOGUE, "conduct:stream")  # it goes on for good: `feed.after`
]


def told_to(username: str, run: str = "", finding: int = 1) -> dict[str, str]:
    """By name, all that somebody is answered at every address that is read, and what is streamed to them."""
    values = {"plan": "small-day", "run": run or uuid4(), "scenario": "new", "finding": finding}
    client, plan, told = signed_in(username), Plan.objects.get(), {}
    stream._regions.cache_clear()  # rendered for the day of another test, in these very seconds
    for name, names in READ:
        address = reverse(name, kwargs={key: values.get(key, 1) for key in names})
        for headers in ({}, {"HX-Request": "true"}):
            answer = client.get(address, {"after": "0.0"}, headers=headers)
            text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
            told[f"{name} {answer.status_code} {headers}"] = text
    items = feed.after(plan.stream, feed.Cursor(), is_organiser(who(username), plan), 500)[0]
    return told | {"conduct:stream": " ".join(item.data for item in items)}


def secrets_in(told: dict[str, str]) -> list[tuple[str, str]]:
    return [(name, secret) for name, text in told.items() for secret in SECRETS if secret in text]


@pytest.fixture
def blind(db, cluster):
    return a_day(BLIND)


def a_live_run(plan):
    run = a_run.live(plan)
    a_run.measured(run, 110.0, 120.0)
    a_run.told(run, "injection.requested", "pod-delete requested on api-0 (1 of 6).", NOW, "organisers")
    return run


def from_a_note_of_ravi(plan):
    """A finding about the live run, in words that everybody has read."""
    signed_in("ravi").post(f"{DAY}/note", {"text": "Something is slow."})
    note = JournalEntry.objects.filter(kind="note").latest("seq")
    return finding_from_note(plan, note.seq, "minor", who("fiona"), NOW)


@pytest.mark.parametrize("username", ["ravi", "otto"])
def test_before_during_and_until_its_end_it_is_not_announced(blind, username):
    assert "1 Not announced Ahead" in page(username)
    run = a_live_run(blind)
    for address in (DAY, f"/runs/{run}/"):
        html = signed_in(username).get(address).content.decode()
        assert "Not announced" in html
        assert [secret for secret in SECRETS if secret in html] == []


@pytest.mark.parametrize("username", ["ravi", "otto"])
def test_no_address_that_they_can_read_tells_of_it_until_it_is_over(blind, username):
    assert secrets_in(told_to(username)) == []
    arm(blind, "pod-kill", who("fiona"), NOW)
    assert secrets_in(told_to(username)) == []
    run = a_live_run(blind)
    finding = from_a_note_of_ravi(blind)
    signed_in("ravi").post(f"{DAY}/milestone", {"run": run, "milestone": "detected"})
    told = told_to(username, run, finding.pk)
    assert secrets_in(told) == []
    assert "Ravi marks it detected." in told["conduct:stream"]
    assert {name for name in told if " 200 " in name} > {
        f"{name} 200 {{}}"
        for name in ("home", "plans:plan", "conduct:day", "conduct:run", "debriefs:edit-finding")
    }
    a_run.driven(run, RunState.COMPLETED, requested_at=NOW, injected_at=NOW, reverted_at=NOW)
    assert {secret for _, secret in secrets_in(told_to(username, run))} >= {
        "A pod is killed",
        "pod-kill",
        "p99",
    }


def test_a_finding_is_not_written_about_it_by_who_may_not_know_and_one_that_is_stays_about_it(blind):
    a_live_run(blind)
    client, sent = signed_in("ravi"), {"title": "It was slow.", "severity": "minor"}
    address = "/plans/small-day/debrief/findings"
    guessed = client.post(address, {**sent, "scenario": "pod-kill"})
    assert guessed.status_code == 422 and not Finding.objects.exists()
    finding = from_a_note_of_ravi(blind)
    client.post(f"{address}/{finding.pk}", {**sent, "title": "It was very slow."})
    finding.refresh_from_db()
    assert (finding.title, finding.scenario) == ("It was very slow.", "pod-kill")


def test_a_note_for_the_organisers_is_made_a_finding_by_them_alone(blind):
    a_live_run(blind)
    signed_in("sam").post(f"{DAY}/note", {"text": "They have not noticed.", "audience": "organisers"})
    sent = {"note": JournalEntry.objects.get(kind="note").seq, "severity": "minor"}
    answer = signed_in("ravi").post("/plans/small-day/debrief/from-note", sent)
    assert answer.status_code == 422 and "There is no note number" in answer.content.decode()
    assert not Finding.objects.exists()
    signed_in("sam").post("/plans/small-day/debrief/from-note", sent)
    assert Finding.objects.get().title == "They have not noticed."


def test_a_crafted_form_is_not_answered_with_it(blind):
    run = a_live_run(blind)
    client = signed_in("ravi")
    for address, sent in (
        ("attest", {"word": "injected"}),
        ("attest", {"word": "reverted"}),
        ("milestone", {"milestone": "bored"}),
    ):
        html = client.post(f"{DAY}/{address}", {"run": run, **sent}).content.decode()
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


@pytest.mark.parametrize(
    ("username", "is_told"), [("ravi", False), ("otto", False), ("sam", True), ("ada", True)]
)
def test_home_and_the_plan_say_that_something_is_live_and_its_title_to_the_organisers_alone(
    blind, username, is_told
):
    a_live_run(blind)
    for address in ("/", "/plans/small-day/"):
        words = page(username, address)
        assert ("A pod is killed" in words) is is_told
        assert ("A scenario that is not announced" in words) is not is_told


def test_whose_titles_are_kept_takes_two_queries_however_many_runs_are_live(blind, django_assert_num_queries):
    run = a_live_run(blind)
    live = queries.live_runs() * 3
    ravi, sam = who("ravi"), who("sam")
    with django_assert_num_queries(2):
        assert kept_live(ravi, live) == {run}
    assert kept_live(sam, live) == frozenset()


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
    for organiser in (True, False):
        html = " ".join(regions("small-day", organiser).values())
        assert "<form" not in html and "csrf" not in html


def test_the_regions_take_a_fixed_number_of_queries(blind, django_assert_max_num_queries):
    run = a_live_run(blind)
    for number in range(40):
        a_run.told(run, "note", f"Note {number}.")
    for organiser in (True, False):
        with django_assert_max_num_queries(9):
            regions("small-day", organiser)


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


def test_nobody_is_told_that_a_kept_fault_waits_for_a_persons_hand(blind):
    run = a_live_run(blind)
    here = room(blind, False, NOW, run)
    waits = replace(here.run.injections[0], person_within=60 * SECOND)
    by_hand = replace(here.run, injections=(waits,), progress=(Progress(0),))
    assert status(replace(here, run=by_hand)).phase == "It is under way."
    assert "person" in status(replace(here, run=by_hand, is_hidden=False)).phase


def test_an_open_page_is_told_by_the_push_that_the_charts_can_be_shown_now(blind):
    run = a_live_run(blind)
    html = signed_in("ravi").get(DAY).content.decode()
    assert 'data-region="veil"' in html and "data-veiled" in html
    assert "data-veiled" in regions("small-day", False)["veil"]
    assert 'data-region="veil"' not in signed_in("sam").get(DAY).content.decode()
    a_run.driven(run, RunState.COMPLETED, requested_at=NOW, injected_at=NOW, reverted_at=NOW)
    veil = regions("small-day", False)["veil"]
    assert "data-veiled" not in veil and "until then" not in veil.lower()
    assert f'href="/runs/{run}/">Show the charts' in veil
