"""The editor by its forms, as a browser without JavaScript sends them."""

from __future__ import annotations

import pytest

from gameday.people.services import add_person
from gameday.plans.models import Plan
from tests.gameday.cast import imported, who
from tests.gameday.plans.browsing import form_of, sent, signed_in
from tests.gameday.plans.documents import FULL, SAMPLE

FACTS = "/plans/small-day/edit"
SCENARIO = "/plans/small-day/scenarios/pod-kill/edit"
COUNT = "scenario.faults[0].targets.size"

pytestmark = pytest.mark.django_db


@pytest.fixture
def petra(plan):
    return signed_in("petra")


def stored() -> Plan:
    return Plan.objects.get(slug="small-day")


@pytest.fixture
def full(house):
    return imported(FULL)


def test_what_is_saved_as_it_was_shown_changes_nothing(full):
    petra, before = signed_in("petra"), stored().document
    for path in (FACTS, SCENARIO):
        answer = sent(petra, path, form_of(petra.get(path)))
        assert answer.status_code == 303
        assert (stored().document, stored().version) == (before, 1)


def test_no_scenario_of_the_sample_is_changed_by_looking_at_it_in_the_editor(house):
    for username in ("kofi", "sam", "otto"):
        add_person(username, username, "payments", by=who("ada"))
    text = SAMPLE.read_text("utf-8").replace("cluster: rehearsal", "cluster: practice")
    found = imported(text)
    petra = signed_in("petra")
    pages = [f"/plans/{found.slug}/scenarios/{item['key']}/edit" for item in found.document["scenarios"]]
    for path in (f"/plans/{found.slug}/edit", *pages):
        assert sent(petra, path, form_of(petra.get(path))).status_code == 303, path
    assert Plan.objects.get(slug=found.slug).version == 1


def test_a_changed_figure_is_a_new_version_and_the_page_says_that_approvals_are_void(petra):
    answer = petra.post(SCENARIO, {**form_of(petra.get(SCENARIO)), COUNT: "2", "do": "save"}, follow=True)
    assert stored().document["scenarios"][0]["faults"][0]["targets"]["count"] == 2
    assert stored().version == 2
    assert "Approvals and acknowledgements of earlier versions are void" in answer.content.decode()


def test_changed_words_leave_approvals_standing(petra):
    answer = petra.post(
        FACTS, {**form_of(petra.get(FACTS)), "title": "A smaller day", "do": "save"}, follow=True
    )
    assert stored().title == "A smaller day"
    assert "approvals stand" in answer.content.decode()


def test_a_share_and_a_number_are_two_units_of_one_field(petra):
    form = form_of(petra.get(SCENARIO))
    petra.post(SCENARIO, {**form, COUNT: "30", f"{COUNT}~unit": "percent", "do": "save"})
    targets = stored().document["scenarios"][0]["faults"][0]["targets"]
    assert targets["percent"] == 30 and "count" not in targets


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        (COUNT, "many", "This should be a whole number"),
        (COUNT, "", "exactly one of count and percent"),
        ("scenario.faults[0].duration", "soon", "'soon' is not a duration"),
        ("scenario.durations.baseline", "1", "1s is outside 3s to 1h"),
        ("scenario.durations.observe", "", "observe is missing"),
        ("scenario.expectations[0].is", "fast", "is not a comparison"),
        ("scenario.faults[0].targets.labels", "app", "is not the value of a label"),
        ("scenario.faults[0].targets.namespace", "kube-system", "is protected on this cluster"),
        ("scenario.key", "Pod kill", "is not a short name"),
        ("scenario.rollback", "", "rollback is missing"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(petra, name, typed, said):
    form = form_of(petra.get(SCENARIO)) | {name: [typed], "scenario.hypothesis": ["Something new."]}
    answer = sent(petra, SCENARIO, form)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert stored().version == 1
    assert form_of(answer) == form
    field = name.replace("].", "-").replace("[", "-").replace(".", "-")
    assert said.replace("'", "&#x27;") in page.split(f'id="{field}-wrong"')[1].split("</p>")[0]
    assert f'href="#{field}"' in page


def test_people_and_parties_that_are_wrong_are_marked_in_their_rows(petra):
    form = form_of(petra.get(FACTS))
    form |= {"people[1].name": ["nobody"], "must_be_told[0].acknowledged_by": ["ravi, ghost"]}
    page = sent(petra, FACTS, form).content.decode()
    assert "username &#x27;nobody&#x27;" in page.split('id="people-1-name-wrong"')[1].split("</p>")[0]
    assert "ghost" in page.split('id="must-be-told-0-acknowledged-by-wrong"')[1].split("</p>")[0]


def test_rows_are_added_moved_and_removed_without_anything_being_stored(petra):
    form = form_of(petra.get(FACTS))
    first, second = (form[f"people[{row}].name"][0] for row in range(2))  # PostgreSQL keeps its own order
    assert {first, second} == {"fiona", "ravi"}
    more = form_of(sent(petra, FACTS, form, "add:people"))
    assert more["people[2].name"] == [""]
    more |= {"people[2].name": ["anna"], "people[2].roles": ["observer"]}
    up = form_of(sent(petra, FACTS, more, "up:people[2]"))
    assert [up[f"people[{row}].name"][0] for row in range(3)] == [first, "anna", second]
    assert up["people[1].roles"] == ["observer"]
    fewer = form_of(sent(petra, FACTS, up, "remove:people[0]"))
    assert [fewer[f"people[{row}].name"][0] for row in range(2)] == ["anna", second]
    assert stored().version == 1


def test_a_row_that_was_added_and_left_empty_is_no_mistake(petra):
    for button in ("probes", "expectations", "abort_conditions", "expected_alerts"):
        form = form_of(sent(petra, SCENARIO, form_of(petra.get(SCENARIO)), f"add:scenario.{button}"))
        assert sent(petra, SCENARIO, form).status_code == 303, button
    assert stored().version == 1


def test_scenarios_are_ordered_and_taken_out_with_the_facts(petra):
    copy = form_of(petra.get("/plans/small-day/scenarios/new?like=pod-kill"))
    assert copy["scenario.key"] == ["pod-kill-2"]
    sent(petra, "/plans/small-day/scenarios/new", copy)
    form = form_of(petra.get(FACTS))
    sent(petra, FACTS, form_of(sent(petra, FACTS, form, "up:scenarios[1]")))
    assert [item["key"] for item in stored().document["scenarios"]] == ["pod-kill-2", "pod-kill"]
    form = form_of(petra.get(FACTS))
    sent(petra, FACTS, form_of(sent(petra, FACTS, form, "remove:scenarios[0]")))
    assert [item["key"] for item in stored().document["scenarios"]] == ["pod-kill"]


def test_the_last_scenario_is_not_taken_out(petra):
    form = form_of(sent(petra, FACTS, form_of(petra.get(FACTS)), "remove:scenarios[0]"))
    answer = sent(petra, FACTS, form)
    assert answer.status_code == 422
    assert "At least 1 is needed here" in answer.content.decode()


def test_another_fault_brings_its_own_fields_and_keeps_what_both_have(petra):
    form = form_of(petra.get(SCENARIO)) | {"scenario.faults[0].fault": ["pod-network-latency"]}
    page = sent(petra, SCENARIO, form, "fault")
    changed = form_of(page)
    assert changed["scenario.faults[0].targets.labels"] == ["app=payments-api"]
    assert changed["scenario.faults[0].parameters.latency"] == [""]
    assert "1ms to 1m" in page.content.decode()
    refused = sent(petra, SCENARIO, changed)
    assert "pod-network-latency needs latency" in refused.content.decode()
    changed |= {
        "scenario.faults[0].parameters.latency": ["300"],
        "scenario.faults[0].parameters.proven_by": ["p99"],
    }
    assert sent(petra, SCENARIO, changed).status_code == 303
    assert stored().document["scenarios"][0]["faults"][0]["parameters"] == {
        "latency": "300ms",
        "proven_by": "p99",
    }


def test_who_may_not_write_the_plan_is_refused_by_the_page_and_by_the_service(plan):
    add_person("olga", "Olga", "others", ["planner"], by=who("ada"))
    for username in ("ravi", "anna", "olga"):
        client = signed_in(username)
        assert client.get(FACTS).status_code == 403
        assert client.post(SCENARIO, {"do": "save"}).status_code == 403


def test_a_plan_is_not_moved_to_a_team_for_which_its_editor_may_not_write(petra):
    add_person("olga", "Olga", "others", ["planner"], by=who("ada"))
    answer = sent(petra, FACTS, form_of(petra.get(FACTS)) | {"team": ["others"]})
    assert answer.status_code == 422
    assert "may not write plans for others" in answer.content.decode()
    assert stored().team.name == "payments"


def test_a_probe_that_gets_another_name_keeps_what_is_said_of_it(petra):
    form = form_of(petra.get(SCENARIO)) | {"scenario.probes[0].name": ["slowest"]}
    assert sent(petra, SCENARIO, form).status_code == 303
    scenario = stored().document["scenarios"][0]
    assert scenario["expectations"][0]["probe"] == scenario["abort_conditions"][0]["probe"] == "slowest"


def test_a_choice_that_is_not_offered_is_shown_and_refused_and_not_exchanged(petra):
    form = form_of(petra.get(SCENARIO)) | {"scenario.expectations[0].probe": ["gone"]}
    answer = sent(petra, SCENARIO, form)
    assert form_of(answer)["scenario.expectations[0].probe"] == ["gone"]
    assert "There is no probe gone" in answer.content.decode()
