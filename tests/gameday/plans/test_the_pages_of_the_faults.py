from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from chaos.faults import example
from chaos.faults.catalogue import FAULTS
from chaos.management.commands.faults import docs, manifests
from gameday.plans.compile import check
from tests.gameday.plans.documents import small

ROOT = Path(__file__).resolve().parents[3]
PAGES = ROOT / "templates" / "docs" / "faults"
LITMUS = ROOT / "deploy" / "litmus"


def test_the_pages_are_what_the_catalogue_says():
    """If not: python manage.py faults write-docs"""
    wanted = docs(PAGES)
    assert {path: path.read_text("utf-8") for path in PAGES.iterdir()} == wanted


def test_what_we_ship_to_litmus_is_what_the_catalogue_says():
    """If not: python manage.py faults write-manifests"""
    wanted = manifests(LITMUS)
    assert {path: path.read_text("utf-8") for path in LITMUS.glob("*/*")} == wanted


@pytest.mark.parametrize("name", FAULTS)
def test_a_page_says_all_that_an_approver_must_know(name: str):
    text = (PAGES / f"{name}.md").read_text("utf-8")
    for heading in (
        "What happens", "What can go wrong", "How it stops", "How we know that it is gone", "Parameters",
        "What it needs", "Example",
    ):  # fmt: skip
        assert f"\n## {heading}\n\n" in text
    assert all(f"| `{item.name}` |" in text for item in FAULTS[name].parameters)
    assert "None" not in text


def compiled(faults: list[dict[str, Any]]) -> list[str]:
    document = small()
    document["scenarios"][0]["faults"] = faults
    return [str(problem) for problem in check(document)[1]]


@pytest.mark.parametrize("name", FAULTS)
def test_the_example_on_a_page_compiles(name: str):
    text = (PAGES / f"{name}.md").read_text("utf-8")
    snippet = yaml.safe_load(text.split("```yaml\n")[1].split("```")[0])
    assert snippet["faults"] == [example.item(FAULTS[name])]
    assert compiled(snippet["faults"]) == []


@pytest.mark.parametrize("name", FAULTS)
def test_a_plan_with_a_wrong_parameter_says_so_at_its_place(name: str):
    item = example.item(FAULTS[name])
    item["parameters"] = {**item.get("parameters", {}), "speed": "fast"}
    assert any(f"{name} has no parameter speed" in problem for problem in compiled([item]))
