"""What the organisers noted among themselves is theirs as a finding too, until the run is over."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chaos.domain.errors import Refused
from chaos.domain.states import RunState
from chaos.journal.models import JournalEntry
from gameday.debriefs import services
from gameday.debriefs.models import ActionItem, Finding
from gameday.debriefs.services import Learned
from gameday.plans.models import Plan
from tests.gameday.cast import NOW, who
from tests.gameday.conduct import a_run
from tests.gameday.conduct.conftest import BLIND, a_day, bell, cluster, signed_in
from tests.gameday.conduct.conftest import DAY as OPEN
from tests.gameday.conduct.test_blind_responders import told_to

__all__ = ["bell", "cluster"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cluster", "noon")]
DEBRIEF = "/plans/small-day/debrief"
SECRET = "ORGSECRET"


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture(params=["a scenario for the organisers", "a scenario for everybody"])
def plan(request) -> Plan:
    return a_day(BLIND if request.param == "a scenario for the organisers" else OPEN)


def noted(text: str = f"{SECRET} we delete three pods.", audience: str = "organisers") -> int:
    signed_in("fiona").post("/plans/small-day/day/note", {"text": text, "audience": audience})
    return JournalEntry.objects.filter(kind="note").latest("seq").seq


def made(note: int) -> Finding:
    signed_in("fiona").post(f"{DEBRIEF}/from-note", {"note": note, "severity": "major"})
    return Finding.objects.get(note_seq=note)


def acted_upon(finding: Finding) -> ActionItem:
    """An overdue action item, closed once, opened again; and the finding changed."""
    fiona = who("fiona")
    action = services.add_action(finding, f"{SECRET} mend it", "anna", NOW.date(), fiona, NOW)
    services.close_action(action, f"{SECRET} done", fiona, NOW)
    services.reopen_action(action, fiona, NOW)
    changed = Learned(f"{SECRET} again", "major", f"{SECRET} in detail", finding.scenario)
    services.change_finding(finding, changed, fiona, NOW)
    ActionItem.objects.update(due=NOW.date() - timedelta(1))
    return action


def leaks(username: str, run: str, finding: Finding) -> list[str]:
    return [name for name, text in told_to(username, run, finding.pk).items() if SECRET in text]


@pytest.mark.parametrize("username", ["ravi", "otto"])
def test_no_address_tells_others_of_a_finding_from_the_organisers_note_until_the_run_is_over(plan, username):
    run = a_run.live(plan)
    finding = made(noted())
    acted_upon(finding)
    assert leaks(username, run, finding) == []
    assert "Organisers only" in signed_in("sam").get(DEBRIEF).content.decode()
    assert {"debriefs:page", "debriefs:actions", "conduct:stream"} <= {
        name.split()[0] for name in leaks("anna", run, finding)
    }
    assert "None is overdue." in signed_in(username).get("/").content.decode()
    a_run.driven(run, RunState.COMPLETED, requested_at=NOW, injected_at=NOW, reverted_at=NOW)
    a_run.told(run, "run.state", "It is over.", state="completed")
    assert {"debriefs:page", "debriefs:report", "debriefs:actions", "conduct:stream"} <= {
        name.split()[0] for name in leaks(username, run, finding)
    }


def test_who_may_not_know_of_a_finding_cannot_touch_it(plan):
    a_run.live(plan)
    note = noted()
    finding = made(note)
    action = acted_upon(finding)
    client, sent = signed_in("ravi"), {"title": "Mine", "severity": "minor"}
    due = {"text": "Mine", "owner": "ravi", "due": NOW.date().isoformat()}
    assert client.post(f"{DEBRIEF}/findings/{finding.pk}", sent).status_code == 404
    assert client.post(reverse("debriefs:add-action", args=["small-day", finding.pk]), due).status_code == 404
    for name in ("close-action", "reopen-action"):
        assert client.post(reverse(f"debriefs:{name}", args=[action.pk])).status_code == 404
    again = client.post(f"{DEBRIEF}/from-note", {"note": note, "severity": "minor"})
    assert again.status_code == 422 and SECRET not in again.content.decode()


def test_an_action_item_is_not_given_to_who_may_not_know_what_it_is_about(plan):
    a_run.live(plan)
    finding = made(noted())
    with pytest.raises(Refused, match="may not know of this finding yet"):
        services.add_action(finding, "Mend it", "ravi", NOW.date(), who("fiona"), NOW)


def test_a_note_that_everybody_read_is_a_finding_that_everybody_reads(plan):
    run = a_run.live(plan)
    signed_in("ravi").post("/plans/small-day/day/note", {"text": "PUBLIC: it was slow."})
    finding = made(JournalEntry.objects.get(kind="note").seq)
    assert "PUBLIC" in signed_in("otto").get(DEBRIEF).content.decode()
    assert signed_in("ravi").get(f"{DEBRIEF}/findings/{finding.pk}").status_code == 200
    assert finding.run == run


def test_the_open_page_is_told_of_it_as_the_run_ends_and_not_before(plan):
    run = a_run.live(plan)
    made(noted())
    entry = JournalEntry.objects.get(kind="finding.added")
    assert (entry.audience, entry.run) == ("organisers", run)
    a_run.driven(run, RunState.COMPLETED)
    services.add_finding(plan, Learned("After it", "minor", scenario="pod-kill"), who("fiona"), NOW)
    assert JournalEntry.objects.filter(kind="finding.added").latest("seq").audience == "everyone"


def test_a_finding_about_a_kept_scenario_that_never_ran_is_the_organisers_until_it_has_been_run():
    plan = a_day(BLIND)
    learned = Learned(f"{SECRET} will be slow", "minor", f"{SECRET} in detail", "pod-kill")
    finding = services.add_finding(plan, learned, who("fiona"), NOW)
    for username in ("ravi", "otto"):
        assert leaks(username, "", finding) == []
    run = a_run.live(plan)
    assert leaks("ravi", run, finding) == []
    a_run.driven(run, RunState.COMPLETED, requested_at=NOW, injected_at=NOW, reverted_at=NOW)
    assert SECRET in signed_in("ravi").get(DEBRIEF).content.decode()


def test_a_finding_that_becomes_about_a_kept_scenario_becomes_the_organisers():
    plan = a_day(BLIND)
    fiona = who("fiona")
    finding = services.add_finding(plan, Learned("Slow", "minor"), fiona, NOW)
    services.change_finding(finding, Learned(f"{SECRET} is slow", "minor", "", "pod-kill"), fiona, NOW)
    assert leaks("ravi", "", finding) == []
    services.change_finding(finding, Learned("Slow again", "minor"), fiona, NOW)
    assert "Slow again" in signed_in("ravi").get(DEBRIEF).content.decode()


def test_the_report_tells_others_nothing_that_the_organisers_noted_while_the_run_is_on():
    plan = a_day(OPEN)
    run = a_run.live(plan)
    noted()
    assert SECRET not in signed_in("ravi").get("/plans/small-day/report").content.decode()
    assert SECRET in signed_in("anna").get("/plans/small-day/report").content.decode()
    a_run.driven(run, RunState.COMPLETED, requested_at=NOW, injected_at=NOW, reverted_at=NOW)
    assert SECRET in signed_in("ravi").get("/plans/small-day/report").content.decode()


def test_findings_that_were_made_of_the_organisers_notes_before_are_theirs_after_the_upgrade(plan):
    a_run.live(plan)
    finding = made(noted())
    Finding.objects.update(audience="everyone")
    import_module("gameday.debriefs.migrations.0002_whose_a_finding_is").as_their_notes(apps, None)
    finding.refresh_from_db()
    assert finding.audience == "organisers"


def test_its_pages_take_as_many_queries_for_many_findings_as_for_one(plan):
    a_run.live(plan)
    client, counted = signed_in("ravi"), []
    for number in range(4):
        acted_upon(made(noted(f"{SECRET} {number}")))
        if number in (0, 3):
            with CaptureQueriesContext(connection) as asked:
                for address in ("/", "/actions/", DEBRIEF):
                    client.get(address)
            counted.append(len(asked))
    assert counted[0] == counted[1]
