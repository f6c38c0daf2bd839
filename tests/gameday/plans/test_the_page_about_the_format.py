from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gameday.plans.format_doc import PAGE, page
from gameday.plans.schema import load


def test_the_page_is_what_the_schema_says():
    """If not: python -m gameday.plans.format_doc"""
    assert PAGE.read_text("utf-8") == page()


def properties(schema: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(schema, dict):
        for name, part in schema.get("properties", {}).items():
            yield name, part
        for part in schema.values():
            yield from properties(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from properties(part)


def test_every_property_has_a_description():
    assert [name for name, part in properties(load()) if not part.get("description")] == []


def test_no_object_takes_keys_that_nobody_described():
    def objects(part: Any) -> Iterator[dict[str, Any]]:
        if isinstance(part, dict):
            if part.get("type") == "object":
                yield part
            for inner in part.values():
                yield from objects(inner)

    assert all("additionalProperties" in part for part in objects(load()))
