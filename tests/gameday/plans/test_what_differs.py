from __future__ import annotations

import copy

import pytest

from gameday.plans.differences import Change, differences, lines
from tests.gameday.plans.documents import edited_at, full, small


def test_the_same_does_not_differ():
    assert differences(full(), full()) == []


@pytest.mark.parametrize(
    ("where", "value", "change"),
    [
        ("title", "Other", Change("title", "A small day", "Other")),
        ("scope.in", ["a", "b"], Change("scope / in", "payments-api", "a, b")),
        ("people.otto", ["observer"], Change("people / otto", None, "observer")),
        ("must_be_told", None, Change("must_be_told", "party: on-call; acknowledged_by: ravi", None)),
        (
            "scenarios[0].faults[0].parameters.force",
            True,
            Change("scenarios / pod-kill / faults 1 / parameters / force", "no", "yes"),
        ),
        (
            "scenarios[0].probes[0].unit",
            "s",
            Change("scenarios / pod-kill / probes / p99 / unit", "ms", "s"),
        ),
        (
            "scenarios[0].expectations[0].holds",
            "< 300",
            Change("scenarios / pod-kill / expectations 1 / holds", "< 200", "< 300"),
        ),
    ],
)
def test_a_change_is_told_with_its_place(where, value, change):
    assert differences(small(), edited_at(small(), where, value)) == [change]


def test_scenarios_that_change_places_are_not_taken_for_others():
    two = small()
    second = copy.deepcopy(two["scenarios"][0]) | {"key": "second"}
    before = {**two, "scenarios": [two["scenarios"][0], second]}
    after = {**two, "scenarios": [second, two["scenarios"][0]]}
    assert differences(before, after) == [Change("scenarios: order", "pod-kill, second", "second, pod-kill")]


def test_a_long_text_is_told_in_part():
    (change,) = differences({"a": "x" * 9000}, {"a": "y"})
    assert change.before is not None and len(change.before) < 500


def test_lines_that_differ_stand_with_a_few_around_them():
    before = "\n".join(map(str, range(30)))
    found = lines(before, before.replace("15", "fifteen"))
    assert [line.sign for line in found] == [" "] * 3 + ["-", "+"] + [" "] * 3
    assert lines(before, before) == []
