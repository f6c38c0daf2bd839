"""New plans: from nothing, from last time's, from a file."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from gameday.plans.forms import defaults
from gameday.plans.models import Plan
from tests.gameday.cast import who
from tests.gameday.plans.browsing import form_of, sent, signed_in
from tests.gameday.plans.documents import SMALL

NEW, UPLOAD = "/plans/new", "/plans/upload"
FACTS = {
    "title": ["Autumn day"],
    "purpose": ["See whether people notice."],
    "scope.in": ["payments-api"],
    "must_be_told[0].party": ["on-call"],
    "must_be_told[0].acknowledged_by": ["ravi, anna"],
}
SCENARIO = {
    "scenario.hypothesis": ["Nobody notices."],
    "scenario.faults[0].targets.namespace": ["payments"],
    "scenario.faults[0].targets.labels": ["app=payments-api"],
    "scenario.probes[0].query": ["p99_ms"],
    "scenario.probes[0].unit": ["ms"],
    "scenario.expectations[0].is": ["200"],
    "scenario.abort_conditions[0].when": ["500"],
    "scenario.rollback": ["Restart the deployment."],
}

pytestmark = pytest.mark.django_db


@pytest.fixture
def petra(house):
    return signed_in("petra")


def to_the_scenario(petra, fault="pod-delete", **facts):
    """The second step's form, with a fault chosen."""
    picker = sent(petra, NEW, form_of(petra.get(NEW)) | FACTS | facts)
    assert picker.status_code == 200
    return form_of(sent(petra, NEW, form_of(picker) | {"scenario.faults[0].fault": [fault]}, "fault"))


def test_a_plan_from_nothing_takes_its_facts_and_one_scenario(petra):
    answer = sent(petra, NEW, to_the_scenario(petra) | SCENARIO)
    assert answer["Location"] == "/plans/autumn-day/"
    plan = Plan.objects.get(slug="autumn-day")
    assert plan.author == who("petra")
    assert plan.document["environment"] == "rehearsal"
    assert plan.document["people"] == {"petra": ["facilitator"]}
    assert plan.document["must_be_told"] == [{"party": "on-call", "acknowledged_by": ["ravi", "anna"]}]
    assert plan.document["scenarios"][0]["faults"][0]["duration"] == "60s"
    assert plan.opens_at > datetime.now(UTC) + timedelta(days=13)


def test_nothing_is_stored_before_both_steps_are_right(petra):
    to_the_scenario(petra)
    assert not Plan.objects.exists()


def test_the_first_step_says_what_is_wrong_with_the_facts_and_nothing_about_scenarios(petra):
    answer = sent(petra, NEW, form_of(petra.get(NEW)) | FACTS | {"title": [""], "people[0].name": ["nobody"]})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="title-wrong"' in page
    assert "scenarios" not in page.split('id="wrong"')[1].split("</section>")[0]


def test_people_that_are_not_known_are_found_in_the_first_step(petra):
    answer = sent(petra, NEW, form_of(petra.get(NEW)) | FACTS | {"people[0].name": ["nobody"]})
    assert 'id="people-0-name-wrong"' in answer.content.decode()


def test_going_back_to_the_facts_and_forth_again_loses_nothing(petra):
    form = to_the_scenario(petra) | SCENARIO
    facts = form_of(sent(petra, NEW, form, "back"))
    assert facts["title"] == ["Autumn day"] and facts["step"] == ["1"]
    again = form_of(sent(petra, NEW, facts | {"title": ["Late autumn day"]}))
    assert {name: again[name] for name in SCENARIO} == SCENARIO
    assert sent(petra, NEW, again)["Location"] == "/plans/late-autumn-day/"


def test_a_new_plan_never_overwrites_one_that_is_there(petra):
    form = to_the_scenario(petra) | SCENARIO
    sent(petra, NEW, form)
    answer = sent(petra, NEW, form)
    assert answer.status_code == 422
    assert "There is a plan autumn-day already" in answer.content.decode()
    assert Plan.objects.get().version == 1


@pytest.mark.parametrize("fault", ["manual", "pod-network-latency", "node-drain"])
def test_what_a_new_scenario_begins_with_asks_for_no_more_than_its_author_knows(petra, fault):
    form = to_the_scenario(petra, fault)
    wrong = sent(petra, NEW, form).content.decode()
    assert "hypothesis is missing" in wrong and "rollback is missing" in wrong
    for given in ("duration is missing", "proven_by", "There is no probe", "baseline is missing"):
        assert given not in wrong.split('id="wrong"')[1].split("</section>")[0]


def test_a_duplicate_is_the_plan_at_another_time_under_another_name(petra):
    sent(petra, NEW, to_the_scenario(petra) | SCENARIO)
    form = form_of(petra.get("/plans/autumn-day/duplicate"))
    assert form["plan"] == ["autumn-day-2"]
    assert sent(petra, "/plans/autumn-day/duplicate", form)["Location"] == "/plans/autumn-day-2/"
    first, second = (Plan.objects.get(slug=slug) for slug in ("autumn-day", "autumn-day-2"))
    assert second.document["scenarios"] == first.document["scenarios"]
    assert (second.version, first.version) == (1, 1)


def test_the_window_of_last_time_is_moved_by_whole_weeks_into_the_future():
    then = {"opens": "2026-03-02T09:00:00+01:00", "closes": "2026-03-02T12:00:00+01:00"}
    now = datetime(2026, 6, 3, 12, tzinfo=UTC)
    assert defaults.shifted(then, now) == {
        "opens": "2026-06-15T09:00:00+01:00",
        "closes": "2026-06-15T12:00:00+01:00",
    }
    ahead = {"opens": "2026-07-02T09:00:00Z", "closes": "2026-07-02T12:00:00Z"}
    assert defaults.shifted(ahead, now) == ahead


def test_a_new_plan_begins_on_a_working_day():
    friday_in_two_weeks = datetime(2026, 6, 6, 12, tzinfo=UTC)  # a Saturday
    assert datetime.fromisoformat(defaults.window(friday_in_two_weeks)["opens"]).isoweekday() == 1


def test_the_file_of_a_plan_uploaded_again_changes_nothing(petra, plan):
    data = petra.get("/plans/small-day/plan.yaml").content
    answer = petra.post(UPLOAD, {"file": SimpleUploadedFile("small.yaml", data)}, follow=True)
    assert "Nothing has changed" in answer.content.decode()
    assert Plan.objects.get().version == 1


def test_an_upload_that_is_wrong_says_so_by_line_and_column_and_keeps_the_text(petra):
    text = SMALL.replace("duration: 10s", "duration: long").replace(
        "  fiona: [facilitator]", "  nobody: [scribe]"
    )
    answer = petra.post(UPLOAD, {"file": SimpleUploadedFile("mine.yaml", text.encode())})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert form_of(answer)["text"] == [text.replace("\n", "\r\n")]
    assert "mending in mine.yaml" in page
    line = next(number for number, line in enumerate(text.splitlines(), 1) if "duration: long" in line)
    assert f'data-line="{line}" data-column="19"' in page
    mended = petra.post(
        UPLOAD,
        {
            "text": form_of(answer)["text"][0]
            .replace("long", "10s")
            .replace("nobody: [scribe]", "fiona: [facilitator]")
        },
    )
    assert mended["Location"] == "/plans/small-day/"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "The file is empty"),
        (b"a: [", "This is not YAML"),
        (b"\xff", "not UTF-8"),
        (b"a" * 300_000, "at most 256 KiB"),
    ],
)
def test_what_is_no_plan_is_refused_in_words(petra, data, said):
    answer = petra.post(UPLOAD, {"file": SimpleUploadedFile("p.yaml", data or b"\n")})
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_a_file_that_is_far_too_large_is_refused_in_the_form_with_its_size_and_the_limit(petra):
    file = SimpleUploadedFile("huge.yaml", b"# words\n" * 400_000)
    answer = petra.post(UPLOAD, {"file": file, "text": "typed: before"})
    assert answer.status_code == 422
    assert "The file has 3.1 MiB; a plan has at most 256 KiB." in answer.content.decode()
    assert form_of(answer)["text"] == ["typed: before"]


@pytest.mark.parametrize("size", [300, 3 * 1024])
def test_a_text_that_is_too_large_is_refused_in_the_form(petra, size):
    answer = petra.post(UPLOAD, {"text": "# word\n" * 147 * size})
    assert answer.status_code == 422
    assert "a plan has at most 256 KiB" in answer.content.decode()


def test_any_other_form_that_is_too_large_says_so_on_a_page(petra, plan):
    answer = petra.post("/plans/new", {"title": "x" * 3_000_000})
    assert answer.status_code == 413
    assert "larger than 2.5 MiB" in answer.content.decode()
