from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from gameday.plans.compile import compile_plan
from gameday.plans.problems import Path, dotted
from gameday.plans.spec import NOT_VOIDING
from tests.gameday.plans.documents import edited_at, full, sample, small

GOLDEN = {
    "small": "91367c5d0a72a7f16d710ac40c5fc37c7c75bf794eb473a37e4b739d4bfda3da",
    "full": "1b62965565ebbd313accb683a33b5710c516a878332df3b1ce245c62a448bcfc",
}
"""A digest that changes here changes for everyone: approvals given before an upgrade are void after it. Raise
spec_version or digest_version when that is meant, and only then write new figures down."""


@pytest.mark.parametrize("name", GOLDEN)
def test_the_digest_is_the_same_on_every_machine(name: str):
    document = {"small": small, "full": full}[name]()
    assert compile_plan(document).digest == GOLDEN[name]


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in items:
            yield from leaves(item, (*path, key))
    else:
        yield path, value


OTHER = {
    "format": None,
    "environment": "staging",
    "kind": {"prometheus": None, "http-status": "http-latency", "http-latency": "http-status",
             "deployment": "statefulset"},
    "fault": None, "name": None,
    "audience": "everyone",
    "opens": "2026-02-01T00:00:00Z",
    "closes": "2026-11-30T00:00:00Z",
    "is": "> 4", "holds": "< 199", "when": "> 501",
    "url": "http://other.test/ok", "path": "/other",
    "series": "other_total",
}  # fmt: skip
"""How a leaf is changed to something else that is valid; None: it cannot be, alone."""


def changed(document: dict[str, Any], path: Path, value: Any) -> Any:
    """Another valid value for the leaf, or None where there is none."""
    key = path[-1] if isinstance(path[-1], str) else path[-2]
    if path[-3:-1] == ("expected_alerts", 0) and key == "name":
        return "OtherAlert"
    if path[-2:] == ("service", "name"):
        return "other-api"
    if path[0] == "people":
        return "observer"
    if path[-1] == "probe":
        return next(name for name in ("p99", "door") if name != value)
    if key in OTHER:
        other = OTHER[key]
        return other[value] if isinstance(other, dict) else other
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    return LENGTHS.get(value, f"{value}x")


LENGTHS = {"250ms": "300ms", "1s": "2s", "2s": "3s", "5s": "6s", "10s": "11s", "15s": "16s", "20s": "21s",
           "30s": "29s", "1m": "2m"}  # fmt: skip
ALL_LEAVES = dict(leaves(full()))
LEAVES = {path: value for path, value in ALL_LEAVES.items() if changed(full(), path, value) is not None}


def is_in_the_table(path: Path) -> bool:
    pattern = re.sub(r"\[\d+\]", "[*]", dotted(path))
    pattern = re.sub(r"^people\.\w+", "people.*", pattern)
    return pattern in NOT_VOIDING


@pytest.mark.parametrize("path", LEAVES, ids=dotted)
def test_every_field_voids_an_approval_or_stands_in_the_table(path: Path):
    document = full()
    other = changed(document, path, LEAVES[path])
    if path == ("people", "fiona", 0):
        document = edited_at(document, "people.petra", ["facilitator"])
    edited = compile_plan(edited_at(document, dotted(path), other)).digest
    stands = edited == compile_plan(document).digest
    is_facilitator = path == ("people", "fiona", 0)
    assert stands == (is_in_the_table(path) and not is_facilitator)


def test_only_what_would_not_compile_alone_is_left_out_above():
    alone = {dotted(path) for path in set(ALL_LEAVES) - set(LEAVES)}
    probes = {f"scenarios[0].probes[{index}].name" for index in range(3)}
    rest = {"format", "scenarios[0].faults[0].fault", "scenarios[0].probes[0].kind"}
    assert alone == probes | rest


def test_a_probe_renamed_all_through_voids_an_approval():
    document = edited_at(full(), "scenarios[0].probes[2].name", "gate")
    renamed = edited_at(document, "scenarios[0].expectations[1].probe", "gate")
    assert compile_plan(renamed).digest != compile_plan(full()).digest


def test_every_row_of_the_table_is_a_field_that_there_is():
    patterns = {
        re.sub(r"^people\.\w+", "people.*", re.sub(r"\[\d+\]", "[*]", dotted(path))) for path in LEAVES
    }
    assert set(NOT_VOIDING) <= patterns


@pytest.mark.parametrize(
    ("where", "value"),
    [
        ("people.sam", ["facilitator"]),
        ("must_be_told", []),
        ("scenarios[0].abort_conditions[1]", None),
        ("scenarios[0].expected_alerts", None),
        ("scope.out", []),
        ("scenarios[0].faults[0].targets.labels.tier", "web"),
    ],
)
def test_adding_or_leaving_out_what_counts_voids_an_approval(where: str, value: object):
    assert compile_plan(edited_at(full(), where, value)).digest != compile_plan(full()).digest


@pytest.mark.parametrize(
    ("where", "value"),
    [
        ("people.sam", ["scribe"]),
        ("scenarios[0].faults[0].duration", "10000ms"),
        ("scenarios[0].faults[0].parameters", {}),
        ("scenarios[0].probes[0].timeout", None),
        ("window.opens", "2026-01-01T01:00:00+01:00"),
        ("scenarios[0].runbook", None),
    ],
)
def test_saying_the_same_differently_voids_nothing(where: str, value: object):
    assert compile_plan(edited_at(full(), where, value)).digest == compile_plan(full()).digest


def test_the_order_of_scenarios_is_approved_too():
    first = sample()["scenarios"]
    turned = edited_at(sample(), "scenarios", list(reversed(first)))
    assert compile_plan(turned).digest != compile_plan(sample()).digest
