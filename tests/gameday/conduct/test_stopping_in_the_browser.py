"""Stop: one act, for everybody, from the web process straight to the cluster; halt and release."""

from __future__ import annotations

import re
import threading
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from chaos.domain.errors import Forbidden, Refused
from chaos.domain.states import RunState
from chaos.journal import spool
from chaos.journal.models import JournalEntry
from chaos.journal.spool import Spooled
from chaos.models import Halt, Run
from gameday.conduct import services
from tests.chaos.services.troubles import refuse_writes
from tests.gameday.cast import NOW, who
from tests.gameday.conduct import a_run
from tests.gameday.conduct.conftest import a_day, signed_in
from tests.gameday.conduct.reading import DAY, page, text_of
from tests.support.locking import held_by_another, soon
from tests.support.shared_database import shared_database

__all__ = ["shared_database"]

pytestmark = pytest.mark.django_db


def stop(username="otto", **sent):
    return signed_in(username).post("/stop", sent, follow=True)


@pytest.fixture
def run(day, cluster):
    """Live, with nothing said to its cluster yet."""
    found = a_run.live(day)
    cluster.said.clear()
    return found


@pytest.mark.parametrize("username", ["fiona", "ravi", "otto", "sam", "petra", "anna", "ada"])
def test_everybody_who_is_signed_in_may_stop(run, cluster, bell, username):
    bell.reset_mock()
    answer = stop(username, run=run)
    assert answer.redirect_chain == [(f"/runs/{run}/", 303)]
    assert cluster.said == [f"revert {run}", "revert"]
    assert Run.objects.get(pk=run).stopped_by == username
    assert not bell.send_task.called, "no broker stands between Stop and the cluster"
    words = text_of(answer)
    assert "Stopping 1 run." in words
    assert f"{username.title()} pressed Stop" in words


def test_the_page_that_follows_shows_the_way_back_rung_by_rung(run):
    words = text_of(stop(run=run))
    assert "Stopping… 0 of 1 fault measured to be gone" in words
    assert words.index("Otto pressed Stop") < words.index("The API server has taken every delete")


def test_a_run_that_no_driver_has_taken_up_is_over_and_its_page_says_that_nothing_was_injected(day, cluster):
    run = a_run.launched(day)
    words = text_of(stop(run=run))
    assert "It is over. Nothing had been injected." in words
    assert "It was over before anything was injected" in words
    assert "The API server has taken every delete" not in words
    assert "Stop receipt: No driver had taken the run up" in words


def test_stop_works_without_a_script_from_any_page(run, cluster):
    client = signed_in("ravi")
    html = client.get("/halt").content.decode()
    assert '<form method="post" action="/stop"' in html
    assert "Stop<span" in html and "1 run" in html
    client.post("/stop", {})
    assert "revert" in cluster.said


def test_a_page_of_a_run_names_that_run(run):
    for address in (DAY, f"/runs/{run}/"):
        html = signed_in("ravi").get(address).content.decode()
        assert f'<input type="hidden" name="run" value="{run}">' in html


@pytest.mark.parametrize("named", ["the earlier run", "nonsense", "11111111-1111-4111-8111-111111111111"])
def test_a_stop_that_named_a_run_stops_no_other_and_says_that_another_is_live(run, cluster, day, named):
    a_run.driven(run, RunState.ABORTED)
    newer = a_run.live(day)
    cluster.said.clear()
    answer = stop(run=run if named == "the earlier run" else named)
    assert "nothing was stopped. 1 other run is live: press Stop there." in text_of(answer)
    assert answer.redirect_chain == [("/", 303)]
    assert cluster.said == [] and Run.objects.get(pk=newer).stop_wanted_at is None


def test_with_nothing_live_there_is_nothing_to_stop_and_it_is_said(day):
    assert "Nothing is live; there was nothing to stop." in text_of(stop())


def test_what_failed_at_the_cluster_is_said_with_what_to_do_and_no_delete_is_claimed(
    run, cluster, monkeypatch
):
    monkeypatch.setattr("chaos.services.stop_again.go_on", lambda *said: gone_on.append(said[0]))
    gone_on = []
    cluster.fail["revert"] = Forbidden("Gameday may not delete chaosengines.")
    words = text_of(stop(run=run))
    assert "practice has not been told yet: Gameday may not delete chaosengines." in words
    assert "Gameday goes on trying from here." in words and "manage.py halt" in words
    assert "have gone to the cluster" not in words and "driver repeats" not in words
    assert gone_on == [run]
    assert Run.objects.get(pk=run).stop_wanted_at is not None


def test_a_cluster_that_hangs_does_not_keep_the_answer(run, cluster, monkeypatch):
    monkeypatch.setattr(services, "ANSWERS_WITHIN", timedelta(milliseconds=1))
    hold = threading.Event()
    cluster.fail["revert"] = lambda: hold.wait(5)
    words = text_of(stop(run=run))
    assert "practice has not answered within" in words and "Gameday goes on trying from here." in words
    assert "have gone to the cluster" not in words
    hold.set()


def test_a_run_whose_clusters_address_is_none_is_told_to_stop_all_the_same(run, monkeypatch):
    """Its driver, elsewhere, may have one that can be used."""

    def refuse(name):
        raise Refused("The token of practice cannot be opened.")

    monkeypatch.setattr(services.wiring, "cluster_port", refuse)
    monkeypatch.setattr("chaos.services.stop_again.go_on", lambda *_: None)
    assert "practice has not been told yet: The token of practice cannot be opened." in text_of(stop(run=run))
    assert Run.objects.get(pk=run).stopped_by == "otto"


def test_a_record_that_cannot_be_written_is_said_and_the_deletes_are_sent(run, cluster, monkeypatch):
    monkeypatch.setattr(connection, "close", lambda: None)
    monkeypatch.setattr("chaos.services.stop.want_stop_late", lambda *said: None)
    client = signed_in("otto")
    with connection.execute_wrapper(refuse_writes):
        client.post("/stop", {"run": run})
    assert "revert" in cluster.said
    words = text_of(client.get(DAY))
    assert "could not be written down" in words
    assert "The deletes were sent all the same" in words


def test_a_stop_that_could_not_be_written_down_is_spooled_and_taken_into_the_journal_late(
    run, cluster, monkeypatch
):
    monkeypatch.setattr(connection, "close", lambda: None)
    monkeypatch.setattr("chaos.services.stop.want_stop_late", lambda *said: None)
    client = signed_in("otto")
    with connection.execute_wrapper(refuse_writes):
        client.post("/stop", {"run": run, "reason": "Errors at the till"})
    assert len(spool.waiting()) == 1
    assert spool.ingest(NOW).taken == ("otto pressed Stop: Errors at the till",)
    entry = JournalEntry.objects.get(kind="run.stop_wanted")
    assert (entry.run, entry.actor, entry.body["is_late"]) == (run, "otto", True)


def test_what_is_written_down_late_and_spooled_too_stands_there_once(run, cluster):
    stop(run=run, reason="Errors at the till")
    written = JournalEntry.objects.get(kind="run.stop_wanted")
    spool.keep(Spooled(written.at, written.kind, written.text, written.actor, "Away.", written.run))
    assert spool.ingest(NOW).taken == ()
    assert JournalEntry.objects.filter(kind="run.stop_wanted").count() == 1


@pytest.mark.django_db(transaction=True)
def test_with_the_database_held_by_another_the_answer_comes_in_time_and_the_record_follows(
    shared_database, cluster, monkeypatch
):
    monkeypatch.setattr(services, "ANSWERS_WITHIN", timedelta(milliseconds=200))
    run = a_run.live(a_day())
    client = signed_in("otto")
    with held_by_another():
        began = time.monotonic()
        words = text_of(client.post("/stop", {"run": run, "reason": "Smoke."}, follow=True))
        assert time.monotonic() - began < 2, "the page that follows included"
        assert "Gameday goes on trying to write it down" in words
        assert "revert" in cluster.said
    assert soon(lambda: Run.objects.get(pk=run).stopped_by == "otto")
    assert "Otto pressed Stop" in page("fiona")


def test_a_double_click_on_stop_stops_once_and_harms_nothing(run, cluster):
    client = signed_in("otto")
    assert [client.post("/stop", {"run": run}).status_code for _ in range(3)] == [303] * 3
    assert cluster.said.count("revert") == 3


def test_stop_is_never_limited_in_its_rate(run):
    client = signed_in("otto")
    assert {client.post("/stop", {"run": run}).status_code for _ in range(60)} == {303}


def again(answer, address):
    """What the form in the middle of a page sends to `address`, by name."""
    main = answer.content.decode().partition("<main")[2]
    form = main.partition(f'action="{address}"')[2].partition("</form>")[0]
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))


@pytest.mark.parametrize("token", ["x" * 32, "x" * 64, ""])
def test_a_page_from_before_a_new_sign_in_is_answered_with_a_stop_that_works(run, cluster, token):
    client = signed_in("otto", enforce_csrf_checks=True)
    answer = client.post("/stop", {"run": run, "csrfmiddlewaretoken": token})
    assert answer.status_code == 403
    assert "Not stopped yet" in text_of(answer) and "Nothing was stopped." in text_of(answer)
    assert cluster.said == []
    sent = again(answer, "/stop")
    assert sent["run"] == run
    client.post("/stop", sent)
    assert cluster.said == [f"revert {run}", "revert"]


def test_a_halt_from_such_a_page_is_halted_there_with_its_reason(run, cluster):
    client = signed_in("ravi", enforce_csrf_checks=True)
    answer = client.post("/halt", {"reason": "A real incident."})
    assert answer.status_code == 403 and "Not stopped yet" in text_of(answer)
    assert not Halt.objects.exists()
    client.post("/halt", again(answer, "/halt"))
    assert Halt.objects.get().reason == "A real incident."


@pytest.mark.parametrize("checks", [True, False])
@pytest.mark.parametrize(
    ("address", "sent", "there"),
    [
        ("/stop", {"run": "of the page"}, "its page"),
        ("/stop", {}, "/"),
        ("/stop", {"run": "x"}, "/"),
        ("/halt", {}, "/halt"),
    ],
)
def test_who_is_not_signed_in_any_more_is_told_that_nothing_was_stopped_and_led_to_the_button(
    run, cluster, checks, address, sent, there
):
    client, sent = Client(enforce_csrf_checks=checks), {**sent}
    if "of the page" in sent.values():
        sent, there = {"run": run}, f"/runs/{run}/"
    page_of_sign_in = client.post(address, sent, follow=True)
    html = page_of_sign_in.content.decode()
    assert 'class="notice notice-bad" role="alert"' in html
    assert "Nothing was stopped. Sign in and press Stop again, or: manage.py halt" in text_of(page_of_sign_in)
    assert cluster.said == []
    otto = who("otto")
    otto.set_password("a long enough word")
    otto.save()
    where = page_of_sign_in.redirect_chain[-1][0]
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', html)[1]
    typed = {"username": "otto", "password": "a long enough word", "csrfmiddlewaretoken": token}
    answer = client.post(where, typed, follow=True)
    assert answer.redirect_chain[-1][0] == there
    assert 'class="stop' in answer.content.decode()


def test_a_sign_in_page_that_nobody_came_to_from_a_stop_does_not_speak_of_one(run):
    html = Client().get("/plans/", follow=True).content.decode()
    assert "Sign in" in html and "stopped" not in html


def test_a_halt_deletes_everything_and_holds_until_it_is_released(run, cluster):
    answer = signed_in("ravi").post("/halt", {"reason": "A real incident."}, follow=True)
    assert "revert_all" in cluster.said and cluster.lever
    assert Halt.objects.get().by == "ravi"
    words = text_of(answer)
    assert "Everything is halted" in words and "A real incident." in words
    assert "Halted." in page("fiona"), "on every page"
    assert "/release" not in signed_in("fiona").get("/halt").content.decode()


def test_an_administrator_releases_it_with_a_reason(day, cluster):
    Halt.objects.create(at=NOW, by="fiona", reason="A real incident.")
    client = signed_in("ada")
    answer = client.post("/release", {"reason": " "})
    assert answer.status_code == 422 and "A release needs a reason." in text_of(answer)
    assert Halt.objects.filter(released_at=None).exists()
    assert "Released." in text_of(client.post("/release", {"reason": "It is over."}, follow=True))
    assert not Halt.objects.filter(released_at=None).exists()


def test_nobody_else_releases(day):
    Halt.objects.create(at=NOW, by="fiona", reason="A real incident.")
    for username in ("fiona", "ravi", "petra", "anna"):
        assert signed_in(username).post("/release", {"reason": "Go on."}).status_code == 403
    assert Halt.objects.filter(released_at=None).exists()
