from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from gameday.plans.schema import ordered
from gameday.plans.yaml_reader import read
from gameday.plans.yaml_writer import write
from tests.gameday.plans.any_document import documents
from tests.gameday.plans.documents import full, sample, small


@given(documents())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_reading_what_was_written_gives_back_the_same(document: Any):
    assert read(write(document).encode()).document == document


@pytest.mark.parametrize("document", [small(), full(), sample()], ids=["small", "full", "sample"])
def test_writing_what_was_read_gives_back_the_same_text(document: Any):
    text = write(document)
    assert write(read(text.encode()).document) == text


def test_the_order_of_keys_does_not_depend_on_how_they_were_stored():
    """PostgreSQL keeps the keys of JSON in an order of its own."""
    shuffled = json.loads(json.dumps(full(), sort_keys=True))
    assert write(shuffled) == write(full())
    assert list(ordered(shuffled)) == list(full())


def test_several_lines_of_text_stay_readable():
    document = {**small(), "purpose": "One line.\nAnother one.\n"}
    assert "purpose: |\n  One line.\n  Another one.\n" in write(document)


def test_the_same_list_twice_is_written_out_twice():
    role = ["responder"]
    document = {**small(), "people": {"a": role, "b": role}}
    assert "&" not in write(document)
