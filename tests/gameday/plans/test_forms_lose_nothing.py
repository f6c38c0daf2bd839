"""A part of a plan goes into its form and comes back out of what a browser would send, unchanged."""

from __future__ import annotations

from typing import Any

import pytest

from chaos.faults import example
from chaos.faults.catalogue import FAULTS, find
from gameday.plans.forms import facts, scenario
from gameday.plans.forms.shape import flatten, read
from tests.gameday.plans.documents import edited, edited_at, full, sample, small

FACTS = facts.shape(["payments"], [("practice", "practice")], is_new=False)
APART = ("format", "plan", "environment")


@pytest.mark.parametrize("document", [small(), full(), sample()], ids=["small", "full", "sample"])
def test_the_facts_of_a_plan_come_back_as_they_were(document: dict[str, Any]):
    wanted = {key: value for key, value in document.items() if key not in APART}
    wanted["scenarios"] = [item["key"] for item in document["scenarios"]]
    assert read(FACTS, flatten(FACTS, document)) == wanted


def there_and_back(item: dict[str, Any]) -> dict[str, Any]:
    fields = scenario.shape(find(item["faults"][0]["fault"]), [probe["name"] for probe in item["probes"]])
    found: dict[str, Any] = read(fields, flatten(fields, item, scenario.PREFIX), scenario.PREFIX)
    return found


@pytest.mark.parametrize(
    "item",
    [item for document in (small(), full(), sample()) for item in document["scenarios"]],
    ids=lambda item: item["key"],
)
def test_a_scenario_comes_back_as_it_was(item: dict[str, Any]):
    assert there_and_back(item) == item


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_of_the_catalogue_comes_back_as_it_was(name: str):
    fault = find(name)
    item = example.item(fault)
    if given := item.get("parameters"):  # as a plan's author would have them, and not as text
        item["parameters"] = {key: int(text) if text.isdigit() else text for key, text in given.items()}
    wanted = edited_at(small()["scenarios"][0], "faults[0]", item)
    assert there_and_back(wanted) == wanted


def test_a_ladder_comes_back_as_it_was():
    stages = [
        {"count": 1},
        {"percent": 30, "parameters": {"latency": "300ms"}},
        {"parameters": {"jitter": "1s"}},
    ]
    fault = {**example.item(find("pod-network-latency")), "stages": stages}
    wanted = edited_at(small()["scenarios"][0], "faults[0]", fault)
    assert there_and_back(wanted) == wanted


@pytest.mark.parametrize(
    "instant",
    [
        "2026-09-15T10:00:00+02:00",
        "2026-09-15T10:00:30Z",
        "2026-09-15T10:00:30.250-03:30",
        "2026-09-15T10:00:00Z",
    ],
)
def test_an_instant_keeps_the_offset_in_which_it_was_written(instant: str):
    document = edited(small(), window__opens=instant)
    assert read(FACTS, flatten(FACTS, document))["window"]["opens"] == instant


def test_a_clock_of_a_place_gets_the_offset_of_that_day():
    flat = flatten(FACTS, small())
    winter = {"window.opens": ["2026-01-10T09:00"], "window.opens~zone": ["Europe/Berlin"]}
    summer = {"window.closes": ["2026-07-10T09:00"], "window.closes~zone": ["Europe/Berlin"]}
    assert read(FACTS, flat | winter | summer)["window"] == {
        "opens": "2026-01-10T09:00:00+01:00",
        "closes": "2026-07-10T09:00:00+02:00",
    }


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../etc/passwd"])
def test_a_clock_that_nobody_knows_is_left_to_be_refused(zone: str):
    flat = flatten(FACTS, small()) | {"window.opens": ["2026-01-10T09:00"], "window.opens~zone": [zone]}
    assert read(FACTS, flat)["window"]["opens"] == f"2026-01-10T09:00:00 {zone}".strip()
