"""Any document that the schema allows, drawn out of the schema itself."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from gameday.plans.schema import load, resolved

_TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"], exclude_characters="\ufeff"),
    max_size=40,
)
_LINES = st.lists(_TEXT, min_size=1, max_size=4).map("\n".join)
_AWKWARD = st.sampled_from(
    ["no", "null", "~", "1e5", "0x1f", "12:30", "- a", "a: b", "#x", "'", '"', "|", " x ", "<<", "=", ".5",
     "1_000", "007", "+1", "-", "2026-01-01", "a\n\n b\n", "é", "\t"]
)  # fmt: skip


def documents() -> st.SearchStrategy[Any]:
    return _of(load())


def _of(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    schema = resolved(schema)
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return st.one_of(*(_KINDS[kind](schema) for kind in kinds))


def _text(schema: dict[str, Any]) -> st.SearchStrategy[str]:
    # Longer texts than a schema allows do no harm here: what is tried is the writer and the reader.
    pattern = schema.get("pattern", "")
    if pattern.startswith("^") and "\\s" not in pattern.lower() and "[^" not in pattern:
        return st.from_regex(pattern.removesuffix("$") + r"\Z", fullmatch=True)
    return st.one_of(_TEXT, _LINES, _AWKWARD)


def _object(schema: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    known = schema.get("properties", {})
    needed = schema.get("required", [])
    fixed = st.fixed_dictionaries(
        {key: _of(known[key]) for key in needed},
        optional={key: _of(known[key]) for key in known if key not in needed},
    )
    free = schema.get("additionalProperties")
    return st.dictionaries(_TEXT | _AWKWARD, _of(free), max_size=3) if isinstance(free, dict) else fixed


_KINDS = {
    "string": _text,
    "integer": lambda schema: st.integers(schema.get("minimum", -(2**53)), schema.get("maximum", 2**53 - 1)),
    "number": lambda schema: st.floats(
        schema.get("minimum"), schema.get("maximum"), allow_nan=False, allow_infinity=False
    ),
    "boolean": lambda schema: st.booleans(),
    "array": lambda schema: st.lists(_of(schema["items"]), max_size=2),
    "object": _object,
}
