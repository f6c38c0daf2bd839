"""The approval page: exactly what is shown, who may decide, and what an edit does."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from gameday.approvals import services, views
from gameday.approvals.models import Approval
from gameday.plans.models import Plan
from tests.gameday.cast import gather, imported, look, who
from tests.gameday.plans.documents import SMALL

pytestmark = pytest.mark.django_db
PAGE = "/plans/small-day/approval"


@pytest.fixture(autouse=True)
def a_plan(monkeypatch: pytest.MonkeyPatch) -> Plan:
    gather()
    now = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
    monkeypatch.setattr(views.timezone, "now", lambda: now)
    real = services.approve
    monkeypatch.setattr(services, "approve", lambda *given: real(*given, look=look))
    return imported()


def signed_in(username: str) -> Client:
    client = Client()
    client.force_login(who(username), backend="django.contrib.auth.backends.ModelBackend")
    return client


def digest() -> str:
    return Plan.objects.get().compiled().digest


def approve(client: Client, **sent: str):
    return client.post(reverse("approvals:approve", args=["small-day"]), {"digest": digest(), **sent})


def test_the_page_says_what_to_what_how_long_what_stops_it_and_which_digest():
    text = signed_in("anna").get(PAGE).content.decode()
    for part in (digest(), "Delete pods", "uid-of-practice", "Anybody presses Stop", "Proven gone within"):
        assert part in text


def test_people_are_called_by_their_names():
    text = signed_in("anna").get(PAGE).content.decode()
    assert "<dt>Facilitated by</dt><dd>Fiona</dd>" in text
    assert "waits for Ravi" in text


def test_an_approver_approves_exactly_what_the_page_showed():
    answer = approve(signed_in("anna"), comment="Read.")
    assert answer.status_code == 303
    row = Approval.objects.get()
    assert (row.decision, row.digest, row.comment) == ("approved", digest(), "Read.")


def test_an_approval_without_the_digest_that_was_shown_is_refused():
    answer = signed_in("anna").post(reverse("approvals:approve", args=["small-day"]), {"comment": "x"})
    assert answer.status_code == 422
    assert not Approval.objects.exists()


def test_an_edit_between_looking_and_approving_refuses_the_approval_and_keeps_the_comment():
    seen = digest()
    imported(SMALL.replace("duration: 10s", "duration: 11s"))
    answer = approve(signed_in("anna"), digest=seen, comment="Looks right to me.")
    assert answer.status_code == 422
    assert not Approval.objects.exists()
    text = answer.content.decode()
    assert "has changed since you looked" in text
    assert "Looks right to me." in text


def test_nobody_approves_a_plan_they_have_written():
    client = signed_in("petra")
    assert approve(client).status_code == 403  # no approver at all
    imported(SMALL.replace("duration: 10s", "duration: 12s"), by="paul")
    client = signed_in("paul")  # an approver who has written
    assert "somebody else must approve it" in client.get(PAGE).content.decode()
    assert approve(client).status_code == 422
    assert not Approval.objects.exists()


def test_whoever_approved_an_earlier_version_is_led_to_what_changed_since_then():
    imported(SMALL.replace("duration: 10s", "duration: 11s"))
    anna, asked = signed_in("anna"), "What changed since you approved version"
    approve(anna, comment="Read.")
    assert asked not in anna.get(PAGE).content.decode(), "nothing has"
    imported(SMALL.replace("duration: 10s", "duration: 12s"))
    imported(SMALL.replace("duration: 10s", "duration: 13s"))
    text = anna.get(PAGE).content.decode()
    assert f"{asked} 2</a>" in text and 'href="/plans/small-day/versions/4?against=2"' in text
    changed = anna.get("/plans/small-day/versions/4?against=2").content.decode()
    assert (
        "What changed since version 2" in changed
        and "duration: 11s" in changed
        and "duration: 13s" in changed
    )
    assert asked not in signed_in("arne").get(PAGE).content.decode(), "he has approved none"
    approve(anna, comment="Read again.")
    assert asked not in anna.get(PAGE).content.decode()


def test_a_rejection_needs_a_reason_and_then_stands_on_the_page():
    client, address = signed_in("anna"), reverse("approvals:reject", args=["small-day"])
    assert client.post(address, {"digest": digest(), "comment": " "}).status_code == 422
    client.post(address, {"digest": digest(), "comment": "Too many pods."})
    assert "Too many pods." in client.get(PAGE).content.decode()


def test_an_edit_visibly_voids_an_approval():
    approve(signed_in("anna"))
    imported(SMALL.replace("duration: 10s", "duration: 13s"))
    assert "is of an earlier version of the plan" in signed_in("ravi").get(PAGE).content.decode()


def test_who_was_told_says_so_on_the_page_and_nobody_else_can():
    address = reverse("approvals:acknowledge", args=["small-day"])
    assert signed_in("anna").post(address, {"party": "on-call"}).status_code == 422
    assert "knows," not in signed_in("ravi").get(PAGE).content.decode()
    assert signed_in("ravi").post(address, {"party": "on-call"}).status_code == 303
    assert "knows," in signed_in("ravi").get(PAGE).content.decode()


def test_the_page_takes_the_same_few_queries_however_many_decisions_there_are(django_assert_max_num_queries):
    for name in ("anna", "arne"):
        approve(signed_in(name))
    client = signed_in("anna")
    client.get(PAGE)
    with django_assert_max_num_queries(15):
        client.get(PAGE)


def test_a_plan_that_is_not_there_is_said_to_be_so():
    assert signed_in("anna").get("/plans/nowhere/approval").status_code == 404


def test_what_is_approved_and_only_waits_for_who_must_be_told_does_not_wait_for_approval():
    approve(signed_in("anna"))
    pages = (PAGE, "/plans/small-day/", "/plans/", "/plans/?status=untold", "/")
    for address in pages:
        text = signed_in("anna").get(address).content.decode()
        assert "Approved, not yet acknowledged" in text
        assert "Waits for approval</span>" not in text
        assert "waits for a decision" not in text
    assert "Not yet acknowledged by: on-call" in signed_in("anna").get(PAGE).content.decode()
