"""The plan's JSON Schema: it validates, it gives the order of keys, and it is the documentation."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

Schema = dict[str, Any]
FILE = Path(__file__).parent / "plan.schema.json"


@cache
def load() -> Schema:
    found: Schema = json.loads(FILE.read_text("utf-8"))
    return found


def resolved(schema: Schema) -> Schema:
    """`schema` with its reference (if any) filled in; its own words win."""
    if "$ref" not in schema:
        return schema
    target = load()["$defs"][schema["$ref"].removeprefix("#/$defs/")]
    return {**target, **{key: value for key, value in schema.items() if key != "$ref"}}


def ordered(value: Any, schema: Schema | None = None) -> Any:
    """`value` with its keys in the schema's order; keys that people choose keep theirs, sorted."""
    schema = resolved(load() if schema is None else schema)
    if isinstance(value, list):
        return [ordered(item, schema.get("items", {})) for item in value]
    if not isinstance(value, dict):
        return value
    known = schema.get("properties", {})
    keys = [key for key in known if key in value] + sorted(key for key in value if key not in known)
    extra = schema.get("additionalProperties")
    free = extra if isinstance(extra, dict) else {}
    return {key: ordered(value[key], known.get(key, free)) for key in keys}
