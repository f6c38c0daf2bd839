"""Pages that name tests as their proof: each of these tests is there, and what is to be proven names one."""

from __future__ import annotations

import re

import pytest

from tests.architecture.source import ROOT

DOCS = ROOT / "templates" / "docs"
FOLDERS = {"litmus-facts.md": "tests/cluster/litmus", "safety-proof.md": "tests"}
"""The pages, and where a file is whose name has no folder."""
NAMED = re.compile(r"`([\w/]+\.py)?::(\w+)`")
CLAIM = re.compile(r"^(?:- |\d+\. )\*\*", re.MULTILINE)


def text_of(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8")


def named(page: str) -> list[tuple[str, str]]:
    """File and test; a name without a file is in the file before it."""
    found, file = [], ""
    for match in NAMED.finditer(text_of(page)):
        file = match[1] or file
        file = file if "/" in file else f"{FOLDERS[page]}/{file}"
        found.append((file, match[2]))
    return found


def claims() -> list[str]:
    """Each rule, rung and trouble of the proof of safety, up to the next."""
    page = text_of("safety-proof.md").partition("## The rules")[2].partition("## Where others")[0]
    return [part.partition("\n## ")[0] for part in CLAIM.split(page)[1:]]


@pytest.mark.parametrize(("page", "least"), [("litmus-facts.md", 15), ("safety-proof.md", 90)])
def test_a_page_names_many_tests(page: str, least: int) -> None:
    assert len(set(named(page))) > least


@pytest.mark.parametrize(("file", "test"), sorted({one for page in FOLDERS for one in named(page)}))
def test_a_test_that_is_named_is_there(file: str, test: str) -> None:
    assert f"def {test}(" in (ROOT / file).read_text(encoding="utf-8")


def test_each_claim_of_safety_names_a_test() -> None:
    found = claims()
    assert len(found) > 45
    bare = [claim for claim in found if not NAMED.search(claim) and "below" not in claim]
    assert bare == []
