"""The list, a plan's page, its versions, its file and what it would hit."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from chaos.domain.errors import Transient
from gameday.approvals import services as approvals
from gameday.plans import listing
from gameday.plans.models import Plan
from tests.gameday.cast import SixPods, imported, look, who
from tests.gameday.plans.browsing import form_of, sent, signed_in
from tests.gameday.plans.documents import FULL, SMALL

pytestmark = pytest.mark.django_db
PAGE, PREVIEW = "/plans/small-day/", "/plans/small-day/preview"


def another(slug: str, title: str = "Another day", text: str = SMALL) -> Plan:
    """A plan whose window is open, whenever this is read."""
    now = timezone.now().replace(microsecond=0)
    text = text.replace("2026-01-01T00:00:00Z", (now - timedelta(days=1)).isoformat())
    text = text.replace("2026-12-31T00:00:00Z", (now + timedelta(days=9)).isoformat())
    return imported(text.replace("small-day", slug).replace("A small day", title), at=now)


def over(slug: str) -> Plan:
    return imported(SMALL.replace("small-day", slug).replace("2026-12-31", "2026-01-02"))


@pytest.fixture
def open_plan(house):
    return another("small-day")


def page(client, path=PAGE):
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_empty_house_is_told_what_a_plan_is_and_where_to_begin(house):
    assert "/plans/new" in page(signed_in("petra"), "/plans/")
    reader = page(signed_in("ravi"), "/plans/")
    assert "There is no plan yet" in reader and "/plans/new" not in reader


def test_what_is_next_stands_before_what_is_over(house):
    over("old-day"), another("new-day")
    text = page(signed_in("ravi"), "/plans/")
    assert text.index("/plans/new-day/") < text.index("/plans/old-day/")


def test_plans_are_found_by_team_and_status(house):
    over("old-day"), another("new-day"), another("approved-day")
    approvals.approve("approved-day", who("anna"), "", timezone.now(), look=look)
    approvals.acknowledge("approved-day", "on-call", who("ravi"), timezone.now())
    ravi = signed_in("ravi")
    for status, slug in (("closed", "old-day"), ("waiting", "new-day"), ("ready", "approved-day")):
        text = page(ravi, f"/plans/?status={status}&team=payments")
        assert f"/plans/{slug}/" in text and text.count('<th scope="row">') == 1
    assert "No plan is like that" in page(ravi, "/plans/?status=rejected")
    assert "No plan is like that" in page(ravi, "/plans/?team=others")


def test_a_long_list_comes_in_pages_and_costs_the_same_however_long_it_is(
    house, django_assert_max_num_queries
):
    for number in range(listing.A_PAGE + 1):
        another(f"day-{number}")
    ravi = signed_in("ravi")
    with django_assert_max_num_queries(15):
        text = page(ravi, "/plans/")
    assert "Page 1 of 2" in text and text.count('<th scope="row">') == listing.A_PAGE
    assert page(ravi, "/plans/?page=2").count('<th scope="row">') == 1
    assert page(ravi, "/plans/?page=nonsense").count('<th scope="row">') == listing.A_PAGE


def test_the_page_of_a_plan_says_all_of_it(house, django_assert_max_num_queries):
    another("small-day", text=FULL)
    petra = signed_in("petra")
    with django_assert_max_num_queries(24):
        text = page(petra)
    for said in (
        "See that it works.", "payments-api", "kafka", "Fiona", "facilitator", "on-call", "They are paged.",
        "Nobody notices.", "Delete pods", "Requests in flight", "Risk: low", "p99 &lt; 200 ms all through",
        "p99 &gt; 500 ms", "PodsMissing", "Restart the deployment.", "Chapter 3.", "Version 1",
        "Waits for Ravi",
    ):  # fmt: skip
        assert said in text, said


def test_the_next_step_is_said_to_each_as_it_is_theirs(open_plan):
    assert "It waits for approval by Anna, Arne or Paul" in page(signed_in("petra"))
    assert "Look and decide" in page(signed_in("anna"))
    approvals.approve("small-day", who("anna"), "", timezone.now(), look=look)
    approvals.acknowledge("small-day", "on-call", who("ravi"), timezone.now())
    assert "Conduct the day" in page(signed_in("fiona"))
    assert "Fiona may start within the window" in page(signed_in("ravi"))


def test_a_plan_that_is_approved_before_its_window_is_ready_and_waits_for_that_alone(house):
    now = timezone.now().replace(microsecond=0)
    text = SMALL.replace("2026-01-01T00:00:00Z", (now + timedelta(days=5)).isoformat())
    imported(text.replace("2026-12-31T00:00:00Z", (now + timedelta(days=9)).isoformat()), at=now)
    approvals.approve("small-day", who("anna"), "", timezone.now(), look=look)
    approvals.acknowledge("small-day", "on-call", who("ravi"), timezone.now())
    assert "Its window is still to open" in page(signed_in("fiona"))
    assert "/plans/small-day/" in page(signed_in("fiona"), "/plans/?status=ready")


def test_a_day_that_was_over_before_it_began_is_to_be_duplicated(house):
    over("small-day")
    assert "Duplicate it for another date" in page(signed_in("petra"))
    assert "nothing was run" in page(signed_in("ravi"))


def test_what_the_organisers_keep_is_nowhere_for_who_is_to_meet_it_unprepared(house):
    another("small-day", text=FULL)
    ravi = signed_in("ravi")
    text = page(ravi)
    assert "known to the organisers only" in text
    for secret in ("Nobody notices.", "pod-kill", "Delete pods"):
        assert secret not in text
    for path in ("/plans/small-day/plan.yaml", "/plans/small-day/versions/1"):
        answer = ravi.get(path)
        assert answer.status_code == 403 and "pod-kill" not in answer.content.decode()
    assert "Nobody notices." in page(signed_in("fiona"))


def test_versions_tell_what_changed_and_who_did_it(open_plan):
    text = SMALL.replace("count: 1", "count: 2")
    another("small-day", text=text)
    answer = page(signed_in("ravi"), "/plans/small-day/versions/2")
    assert "scenarios / pod-kill / faults 1 / targets / count" in answer
    assert "<ins>" in answer and "<del>" in answer
    assert "Version 1 as YAML" in page(signed_in("ravi"), "/plans/small-day/versions/1")
    assert "What changed since version 2" in page(signed_in("ravi"), "/plans/small-day/versions/1?against=2")
    assert signed_in("ravi").get("/plans/small-day/versions/7").status_code == 404


def test_the_targets_are_shown_by_name_and_share(open_plan, monkeypatch):
    monkeypatch.setattr("gameday.plans.preview.cluster_port", lambda name: SixPods())
    ravi = signed_in("ravi")
    whole = page(ravi, PREVIEW)
    part = ravi.get(PREVIEW, headers={"HX-Request": "true"}).content.decode()
    for text in (whole, part):
        assert "16 %" in text and "1 of 6 pods" in text and "api-0" in text
    assert "<html" in whole and "<html" not in part


def test_a_scenario_that_would_be_refused_says_why_beside_the_others(open_plan, monkeypatch):
    monkeypatch.setattr("gameday.plans.preview.cluster_port", lambda name: SixPods(0))
    assert "check the namespace and the labels" in page(signed_in("ravi"), PREVIEW)


def test_a_cluster_that_does_not_answer_is_said_to_be_so(open_plan, monkeypatch):
    def away(*arguments: object) -> object:
        raise Transient("There is no connection to the API server.")

    monkeypatch.setattr(SixPods, "pods", away)
    monkeypatch.setattr("gameday.plans.preview.cluster_port", lambda name: SixPods())
    text = page(signed_in("ravi"), PREVIEW)
    assert "There is no connection to the API server." in text and "Nothing was done to the cluster" in text


def test_what_a_selector_finds_is_shown_before_anything_is_stored(open_plan, monkeypatch):
    monkeypatch.setattr("gameday.plans.preview.cluster_port", lambda name: SixPods())
    petra, path = signed_in("petra"), "/plans/small-day/scenarios/pod-kill/edit"
    form = form_of(petra.get(path)) | {"scenario.faults[0].targets.size": ["3"], "scenario.hypothesis": [""]}
    answer = sent(petra, path, form, "look")
    assert "50 %: 3 of 6" in answer.content.decode() and "api-2" in answer.content.decode()
    wrong = sent(petra, path, form | {"scenario.faults[0].targets.labels": [""]}, "look")
    assert wrong.status_code == 422
    assert Plan.objects.get(slug="small-day").version == 1


def test_a_plan_that_this_release_does_not_accept_can_still_be_read_and_mended(open_plan):
    open_plan.document["scenarios"][0]["faults"][0]["fault"] = "pod-explode"
    open_plan.save()
    text = page(signed_in("petra"))
    assert "not accepted as it stands" in text and "pod-explode" in text
    assert "Needs mending" in page(signed_in("petra"), "/plans/")
    assert signed_in("petra").get("/plans/small-day/scenarios/pod-kill/edit").status_code == 200
