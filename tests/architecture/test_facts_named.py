"""The table of Litmus' facts names tests: each of them is there."""

from __future__ import annotations

import re

import pytest

from tests.architecture.source import ROOT

FACTS = ROOT / "templates" / "docs" / "litmus-facts.md"
FOLDER = "tests/cluster/litmus"
NAMED = re.compile(r"`([\w/]+\.py)?::(\w+)`")


def named() -> list[tuple[str, str]]:
    """File and test; a name without a file is in the file before it."""
    found, file = [], ""
    for match in NAMED.finditer(FACTS.read_text(encoding="utf-8")):
        file = match[1] or file
        file = file if "/" in file else f"{FOLDER}/{file}"
        found.append((file, match[2]))
    return found


def test_the_table_names_many_tests() -> None:
    assert len(set(named())) > 15


@pytest.mark.parametrize(("file", "test"), sorted(set(named())))
def test_a_test_that_is_named_is_there(file: str, test: str) -> None:
    assert f"def {test}(" in (ROOT / file).read_text(encoding="utf-8")
