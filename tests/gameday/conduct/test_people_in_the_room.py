"""What people do in the room: arm and inject, write, mark, and say what they did by hand. All of it forms."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from chaos.domain.errors import Transient
from chaos.domain.states import RunState
from chaos.journal.models import JournalEntry
from chaos.models import Run, Word
from gameday.conduct.arming import arm
from tests.gameday.cast import NOW, who
from tests.gameday.conduct import a_run
from tests.gameday.conduct.conftest import DAY as TEXT
from tests.gameday.conduct.conftest import a_day, signed_in
from tests.gameday.conduct.reading import DAY, page, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]
HTMX = {"HX-Request": "true"}


def token_on(client):
    return re.search(r'name="token" value="([^"]+)"', client.get(DAY).content.decode())[1]


def test_arm_then_inject_leads_to_the_run_and_twice_to_the_same(day):
    client = signed_in("fiona")
    answer = client.post(f"{DAY}/arm", {"scenario": "pod-kill"}, follow=True)
    assert "Armed: A pod is killed" in text_of(answer)
    token = token_on(client)
    first, second = (client.post(f"{DAY}/inject", {"token": token}) for _ in range(2))
    assert first["Location"] == second["Location"] == f"/runs/{Run.objects.get().pk}/"


@pytest.mark.parametrize("username", ["ravi", "sam", "otto", "petra", "anna", "ada"])
def test_who_does_not_conduct_neither_arms_nor_injects(day, username):
    token = arm(day, "pod-kill", who("fiona"), NOW).token(who("fiona"))
    client = signed_in(username)
    for address, sent in (("arm", {"scenario": "pod-kill"}), ("inject", {"token": token}), ("disarm", {})):
        assert client.post(f"{DAY}/{address}", sent).status_code == 403
    assert not Run.objects.exists()


def test_what_is_missing_is_said_in_place_and_nothing_is_lost(db, cluster):
    a_day(is_approved=False)
    answer = signed_in("fiona").post(f"{DAY}/arm", {"scenario": "pod-kill"})
    assert answer.status_code == 422
    words = text_of(answer)
    assert "It was not armed." in words and "It would hit: 1 of 6 pods in payments: api-0" in words


def test_what_is_put_back_is_not_armed(day):
    arm(day, "pod-kill", who("fiona"), NOW)
    words = text_of(signed_in("fiona").post(f"{DAY}/disarm", follow=True))
    assert "Armed: A pod is killed" not in words
    assert "put pod-kill back" in words


def test_a_refused_injection_says_why_on_the_page(day):
    answer = signed_in("fiona").post(f"{DAY}/inject", {"token": "made up"})
    words = text_of(answer)
    assert answer.status_code == 422 and "This was not armed here" in words
    assert "Nothing was injected." in words and "It was not armed." not in words


def test_an_injection_that_is_refused_while_armed_says_that_nothing_was_injected(day, cluster):
    token = arm(day, "pod-kill", who("fiona"), NOW).token(who("fiona"))
    cluster.fail["preflight"] = Transient("The API server does not answer.")
    words = text_of(signed_in("fiona").post(f"{DAY}/inject", {"token": token}))
    assert "Nothing was injected." in words and "does not answer" in words


def test_a_page_that_answers_a_form_is_loaded_again_from_where_the_day_is(day):
    html = signed_in("fiona").post(f"{DAY}/inject", {"token": "made up"}).content.decode()
    assert f'href="{DAY}"><svg' in re.sub(r">\s+<", "><", html)
    assert f'href="{DAY}/inject"' not in html
    run = a_run.live(day)
    assert f'href="/runs/{run}/"><svg' in signed_in("fiona").get(f"/runs/{run}/").content.decode()


def test_the_script_gets_the_changed_part_alone(day):
    answer = signed_in("fiona").post(f"{DAY}/arm", {"scenario": "pod-kill"}, headers=HTMX)
    html = answer.content.decode()
    assert html.lstrip().startswith('<section id="mine"') and "<html" not in html


def test_a_note_stands_in_the_timeline_at_its_first_keystroke(day):
    typed = NOW - timedelta(seconds=40)
    milliseconds = str(round(typed.timestamp() * 1000))
    answer = signed_in("ravi").post(f"{DAY}/note", {"text": "It is slow.", "at": milliseconds}, follow=True)
    entry = JournalEntry.objects.get(kind="note")
    assert (entry.at, entry.actor_name, entry.text) == (typed, "Ravi", "It is slow.")
    assert "It is slow." in text_of(answer)


@pytest.mark.parametrize("at", ["", "nonsense", "9" * 30, "1", str(round(NOW.timestamp() * 1000) + 60_000)])
def test_a_time_that_cannot_be_believed_is_now(day, at):
    signed_in("ravi").post(f"{DAY}/note", {"text": "It is slow.", "at": at})
    assert JournalEntry.objects.get(kind="note").at == NOW


def test_a_note_that_is_refused_keeps_what_was_typed(day):
    long = "word " * 500
    for headers in ({}, HTMX):
        answer = signed_in("ravi").post(f"{DAY}/note", {"text": long}, headers=headers)
        assert answer.status_code == 422
        assert "2000 characters at the most" in text_of(answer) and long in answer.content.decode()
    assert "A note needs a few words." in text_of(signed_in("ravi").post(f"{DAY}/note", {"text": " "}))


def test_who_is_not_of_the_day_reads_and_does_not_write(day):
    client = signed_in("petra")
    assert "note-text" not in client.get(DAY).content.decode()
    assert client.post(f"{DAY}/note", {"text": "Hello."}).status_code == 403


def test_a_milestone_is_marked_with_name_and_time_from_the_injection(day):
    run = a_run.live(day)
    client = signed_in("ravi")
    client.post(f"{DAY}/milestone", {"run": run, "milestone": "detected"})
    assert "Detected T+00:10 Ravi" in page("petra")
    entry = JournalEntry.objects.get(kind="milestone")
    assert (entry.run, entry.body) == (run, {"milestone": "detected"})
    answer = client.post(f"{DAY}/milestone", {"run": run, "milestone": "bored"})
    assert answer.status_code == 422 and "is no milestone" in text_of(answer)


@pytest.mark.parametrize("named", ["", "nonsense", "00000000-0000-4000-8000-000000000000"])
def test_a_milestone_and_a_word_are_of_a_run_of_the_plan(day, named):
    a_run.live(day)
    for address, sent in (("milestone", {"milestone": "detected"}), ("attest", {"word": "reverted"})):
        answer = signed_in("ravi").post(f"{DAY}/{address}", {"run": named, **sent})
        assert answer.status_code == 422 and "names no run of the plan" in text_of(answer)
    assert not JournalEntry.objects.filter(kind="milestone").exists()


BY_HAND = re.sub(
    r"      - fault: pod-delete.*?duration: 10s",
    "      - fault: manual\n        parameters: {inject: Expire it., revert: Renew it., proven_by: p99,"
    " person_within: 60s}\n        duration: 10s",
    TEXT,
    flags=re.DOTALL,
)


@pytest.fixture
def by_hand(db, cluster):
    plan = a_day(BY_HAND)
    run = a_run.launched(plan)
    a_run.driven(run, RunState.INJECTING, requested_at=NOW)
    return run


def test_a_fault_by_hand_asks_its_people_and_takes_their_word(by_hand):
    words = page("ravi")
    assert "Inject it by hand" in words and "Inject: Expire it." in words
    assert "the run stops in 1 min" in words
    assert "By hand: a person does it" in words
    assert "Inject it by hand" not in page("otto")
    sent = {"run": by_hand, "word": "injected", "note": "Expired at noon."}
    words = text_of(signed_in("ravi").post(f"{DAY}/attest", sent, follow=True))
    assert Word.objects.get().by == "ravi"
    assert "Inject it by hand" not in words and "Noted: it is injected." in words


def test_a_second_word_is_refused_and_what_was_written_stays(by_hand):
    sent = {"run": by_hand, "word": "injected", "note": "Expired at noon."}
    signed_in("ravi").post(f"{DAY}/attest", sent)
    Word.objects.update(word="reverted")
    answer = signed_in("fiona").post(f"{DAY}/attest", sent)
    assert answer.status_code == 422 and "undone already" in text_of(answer)


def test_after_a_stop_it_is_to_be_undone(by_hand):
    signed_in("otto").post("/stop", {"run": by_hand})
    words = page("ravi")
    assert "Undo it by hand" in words and "Undo: Renew it." in words
