"""The debrief in a browser: what is shown to whom, and that one click does one thing."""

import io
import zipfile
from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.db import transaction
from django.test import AsyncClient, Client
from django.urls import reverse
from django.utils import timezone

from chaos.journal.record import append
from gameday.debriefs.models import ActionItem, Finding
from gameday.plans.models import Plan
from tests.gameday.cast import NOW, gather, imported, who
from tests.gameday.plans.documents import SMALL

pytestmark = pytest.mark.django_db
PAGE = "/plans/small-day/debrief"
BLIND = SMALL.replace("    hypothesis:", "    audience: organisers\n    hypothesis:")


@pytest.fixture
def plan() -> Plan:
    gather()
    return imported()


def signed_in(username: str) -> Client:
    client = Client()
    client.force_login(who(username), backend="django.contrib.auth.backends.ModelBackend")
    return client


def note(plan: Plan, text: str) -> int:
    with transaction.atomic():
        return append(plan.stream, "note", text, at=NOW, actor="ravi", actor_name="Ravi").seq


def test_before_anything_was_conducted_the_page_says_so(plan):
    text = signed_in("ravi").get(PAGE).content.decode()
    assert "0 of 1 scenarios conducted" in text
    assert "Nobody wrote a note." in text


def test_one_click_makes_a_note_a_finding_and_a_second_click_makes_no_other(plan):
    seq, client = note(plan, "The runbook is **old**."), signed_in("ravi")
    for _ in range(2):
        answer = client.post(
            reverse("debriefs:from-note", args=["small-day"]), {"note": seq, "severity": "major"}
        )
        assert answer.status_code == 303
    assert Finding.objects.get().severity == "major"
    assert "Every note is a finding" in client.get(PAGE).content.decode()


def test_what_people_wrote_is_shown_as_text_and_never_run(plan):
    note(plan, "<script>alert(1)</script> [x](javascript:alert(1)) **bold**")
    text = signed_in("ravi").get(PAGE).content.decode()
    assert "<script>alert" not in text
    assert "javascript:" not in text.replace("[x](javascript:", "")
    assert "<strong>bold</strong>" in text


def test_a_finding_with_a_mistake_comes_back_with_what_was_typed(plan):
    sent = {"title": "", "severity": "major", "text": "A long story."}
    answer = signed_in("ravi").post(reverse("debriefs:add-finding", args=["small-day"]), sent)
    assert answer.status_code == 422
    assert "A long story." in answer.content.decode()
    assert not Finding.objects.exists()


def test_an_action_item_is_given_seen_overdue_and_closed_by_its_owner(plan):
    client, due = signed_in("ravi"), timezone.now().date() + timedelta(days=7)
    client.post(reverse("debriefs:add-finding", args=["small-day"]), {"title": "Late", "severity": "major"})
    finding = Finding.objects.get()
    address = reverse("debriefs:add-action", args=["small-day", finding.pk])
    wrong = client.post(address, {"text": "Mend it", "owner": "anna", "due": "2020-01-01"})
    assert wrong.status_code == 422
    assert "has passed" in wrong.content.decode()
    client.post(address, {"text": "Mend it", "owner": "anna", "due": due.isoformat()})
    ActionItem.objects.update(due=NOW.date())
    mine = signed_in("anna").get("/actions/?mine=1").content.decode()
    assert "Mend it" in mine
    assert "Overdue" in mine
    signed_in("anna").post(
        reverse("debriefs:close-action", args=[ActionItem.objects.get().pk]), {"note": "Done."}
    )
    assert ActionItem.objects.get().done_note == "Done."


def test_nobody_owns_an_action_item_until_somebody_was_chosen(plan):
    client = signed_in("ravi")
    client.post(reverse("debriefs:add-finding", args=["small-day"]), {"title": "Late", "severity": "major"})
    assert '<option value="">Choose…</option>' in client.get(PAGE).content.decode()
    due = (timezone.now().date() + timedelta(days=7)).isoformat()
    address = reverse("debriefs:add-action", args=["small-day", Finding.objects.get().pk])
    answer = client.post(address, {"text": "Mend it", "owner": "", "due": due})
    assert answer.status_code == 422
    assert "Choose who owns it." in answer.content.decode()
    assert not ActionItem.objects.exists()


def test_somebody_elses_action_item_stays_open(plan):
    client = signed_in("ravi")
    client.post(reverse("debriefs:add-finding", args=["small-day"]), {"title": "Late", "severity": "major"})
    due = (timezone.now().date() + timedelta(days=7)).isoformat()
    sent = {"text": "Mend it", "owner": "ravi", "due": due}
    client.post(reverse("debriefs:add-action", args=["small-day", Finding.objects.get().pk]), sent)
    answer = signed_in("arne").post(
        reverse("debriefs:close-action", args=[ActionItem.objects.get().pk]), follow=True
    )
    assert "may not write findings" in answer.content.decode()
    assert ActionItem.objects.get().done_at is None


def test_a_scenario_that_is_kept_back_is_neither_on_the_page_nor_in_the_report(plan):
    imported(BLIND)
    for address in (PAGE, "/plans/small-day/report"):
        assert "Nobody notices." not in signed_in("ravi").get(address).content.decode()
        assert "Nobody notices." in signed_in("anna").get(address).content.decode()


def test_the_report_stands_alone_under_a_policy_that_allows_its_style_and_no_other(plan):
    answer = signed_in("anna").get("/plans/small-day/report")
    assert "sha256-" in answer["Content-Security-Policy"]
    assert "unsafe-inline" not in answer["Content-Security-Policy"]


def test_an_auditor_takes_the_evidence_out_and_the_journal_says_who(plan):
    assert signed_in("ravi").get("/plans/small-day/evidence.zip").status_code == 403
    answer = signed_in("petra").get("/plans/small-day/evidence.zip")
    names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert any(name.endswith("verify.py") for name in names)


@pytest.mark.filterwarnings("error")
def test_the_evidence_is_a_file_to_keep_whichever_way_it_is_served(plan):
    client = AsyncClient()
    client.force_login(who("petra"), backend="django.contrib.auth.backends.ModelBackend")

    async def taken():
        return await client.get("/plans/small-day/evidence.zip")

    answer = async_to_sync(taken)()
    assert answer["Content-Disposition"].startswith('attachment; filename="')
    assert int(answer["Content-Length"]) == len(answer.content)
    assert zipfile.is_zipfile(io.BytesIO(answer.content))


def test_the_page_takes_as_many_queries_with_many_findings_as_with_one(plan, django_assert_max_num_queries):
    client = signed_in("ravi")
    for number in range(5):
        seq = note(plan, f"Note {number}")
        client.post(reverse("debriefs:from-note", args=["small-day"]), {"note": seq, "severity": "minor"})
    client.get(PAGE)
    with django_assert_max_num_queries(22):
        client.get(PAGE)
