"""The page about the plan format, written out of the schema: `python -m gameday.plans.format_doc`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from gameday.plans.schema import Schema, load, resolved
from gameday.plans.spec import NOT_VOIDING
from gameday.plans.yaml_nodes import MAX_DEPTH
from gameday.plans.yaml_reader import MAX_BYTES

PAGE = Path(__file__).resolve().parents[2] / "templates" / "docs" / "plan-format.md"

_INTRO = f"""# The plan format

<!-- Written out of gameday/plans/schema/plan.schema.json by `python -m gameday.plans.format_doc`. -->

A plan is one YAML file: one document, UTF-8, at most {MAX_BYTES // 1024} KiB and {MAX_DEPTH} levels deep,
without tags, anchors and aliases. Keys that are not listed here are refused. Every problem is reported with
its line and column, all of them at once.

`manage.py plan import FILE --as USER` stores it, `manage.py plan export PLAN` gives it back; importing what
was exported changes nothing. Comments are not kept: what must last goes into `purpose`, `runbook` or
`rollback`. A whole plan to start from is `deploy/rehearsal/sample/plan.yaml`.

- Durations are a number with `ms`, `s`, `m` or `h`: `30s`, `1.5s`, `5m`.
- Comparisons are an operator (`<`, `<=`, `>`, `>=`, `==`, `!=`) and a number in the probe's unit, in quotes:
  `"< 200"`.
- Short names are small letters, digits and hyphens, at most 63 characters.
"""

_OUTRO = """
## What voids an approval

An approval binds to the plan's digest, the cluster's UID and the version of the approvals policy. Editing any
field voids it, except these:

| field | why not |
| --- | --- |
"""


def page() -> str:
    lines = [_INTRO, *_section("plan", load(), set()), _OUTRO.rstrip("\n")]
    lines += [f"| `{field}` | {why} |" for field, why in NOT_VOIDING.items()]
    return "\n".join(lines) + "\n"


def _section(name: str, schema: Schema, done: set[str]) -> Iterator[str]:
    """A heading, what it is, a table of its keys, and then the sections of those that have keys."""
    done.add(name)
    yield f"## {name}\n"
    if said := schema.get("description"):
        yield f"{said}\n"
    yield "| key | needed | value | what |"
    yield "| --- | --- | --- | --- |"
    below: list[tuple[str, Schema]] = []
    for key, written in schema["properties"].items():
        part = resolved(written)
        inner = resolved(part.get("items", {})) if part.get("type") == "array" else part
        title = written.get("$ref", part.get("items", {}).get("$ref", f"#/$defs/{key}")).split("/")[-1]
        if "properties" in inner:
            below.append((title, load()["$defs"].get(title, inner)))
        is_needed = "yes" if key in schema.get("required", ()) else ""
        yield f"| `{key}` | {is_needed} | {_value(part, title)} | {part.get('description', '')} |"
    yield ""
    for title, inner in below:
        if title not in done:
            yield from _section(title, inner, done)


def _value(part: Schema, title: str) -> str:
    """The kind of value in a few words, with a link to its own section where it has one."""
    if "enum" in part:
        return ", ".join(f"`{item}`" for item in part["enum"])
    if "const" in part:
        return f'`"{part["const"]}"`'
    if part.get("type") == "array":
        inner = resolved(part.get("items", {}))
        return f"list of [{title}](#{title})" if "properties" in inner else f"list of {_value(inner, title)}"
    if "properties" in part:
        return f"[{title}](#{title})"
    if part.get("type") == "object":
        return f"names → {_value(resolved(part['additionalProperties']), title)}"
    kinds = part.get("type")
    words = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}
    text = " or ".join(words[kind] for kind in ([kinds] if isinstance(kinds, str) else kinds or []))
    return _NAMED.get(part.get("pattern", ""), text)


_NAMED = {
    load()["$defs"][name]["pattern"]: re.sub("^slug$", "short name", name)
    for name in ("slug", "username", "instant", "duration", "comparison")
}

if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
