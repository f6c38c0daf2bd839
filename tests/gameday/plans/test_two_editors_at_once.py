"""Of two people who edit the same version, the second is told what the first one changed."""

from __future__ import annotations

import pytest

from gameday.plans.models import Plan
from tests.gameday.plans.browsing import form_of, sent, signed_in

FACTS = "/plans/small-day/edit"
SCENARIO = "/plans/small-day/scenarios/pod-kill/edit"
COUNT = "scenario.faults[0].targets.size"

pytestmark = pytest.mark.django_db


@pytest.fixture
def both(plan):
    """Petra and Paul, and the forms of the same version before them."""
    petra, paul = signed_in("petra"), signed_in("paul")
    return petra, paul, form_of(petra.get(SCENARIO)), form_of(paul.get(FACTS))


def stored() -> Plan:
    return Plan.objects.get(slug="small-day")


def test_the_second_is_shown_what_changed_and_keeps_what_was_typed(both):
    petra, paul, hers, his = both
    sent(petra, SCENARIO, hers | {COUNT: ["2"]})
    answer = sent(paul, FACTS, his | {"purpose": ["See that it works well."]})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "stored version 2 meanwhile" in page
    assert "scenarios / pod-kill / faults 1 / targets / count" in page
    assert form_of(answer)["purpose"] == ["See that it works well."]
    assert stored().version == 2


def test_saving_again_after_that_goes_on_top_and_loses_neither(both):
    petra, paul, hers, his = both
    sent(petra, SCENARIO, hers | {COUNT: ["2"]})
    shown = form_of(sent(paul, FACTS, his | {"purpose": ["See that it works well."]}))
    assert sent(paul, FACTS, shown).status_code == 303
    assert stored().document["purpose"] == "See that it works well."
    assert stored().document["scenarios"][0]["faults"][0]["targets"]["count"] == 2


def test_a_scenario_that_came_meanwhile_is_not_lost_with_an_older_order(both):
    petra, paul, _, his = both
    new = "/plans/small-day/scenarios/new?like=pod-kill"
    sent(petra, new, form_of(petra.get(new)))
    shown = form_of(sent(paul, FACTS, his | {"purpose": ["See that it works well."]}))
    assert sent(paul, FACTS, shown).status_code == 303
    assert [item["key"] for item in stored().document["scenarios"]] == ["pod-kill", "pod-kill-2"]
    assert stored().document["purpose"] == "See that it works well."


def test_a_scenario_that_was_taken_out_meanwhile_is_said_to_be_gone_and_goes_to_the_end(both):
    petra, paul, hers, _ = both
    other = form_of(paul.get("/plans/small-day/scenarios/new?like=pod-kill"))
    sent(paul, "/plans/small-day/scenarios/new", other)
    facts = form_of(sent(paul, FACTS, form_of(paul.get(FACTS)), "remove:scenarios[0]"))
    sent(paul, FACTS, facts)
    answer = sent(petra, SCENARIO, hers | {COUNT: ["2"]})
    assert answer.status_code == 409
    assert "scenarios / pod-kill" in answer.content.decode()
    assert sent(petra, SCENARIO, form_of(answer)).status_code == 303
    assert [item["key"] for item in stored().document["scenarios"]] == ["pod-kill-2", "pod-kill"]


def test_a_form_that_does_not_say_what_it_was_made_of_stores_nothing(both):
    petra, _, hers, _ = both
    del hers["version"]
    assert sent(petra, SCENARIO, hers | {COUNT: ["2"]}).status_code == 409
    assert stored().version == 1
