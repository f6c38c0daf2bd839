"""A document against the schema: every violation as a sentence for the plan's author."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend

from gameday.plans.problems import Problem
from gameday.plans.schema import Schema, load

_TYPES = {
    "object": "a mapping of keys to values",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}


def _pattern(_: object, pattern: str, value: object, schema: Schema) -> Iterator[ValidationError]:
    """As ECMA 262 reads patterns: `$` is the very end, `\\d` an ASCII digit. Python differs in both."""
    if isinstance(value, str) and not re.search(re.sub(r"\$$", r"\\Z", pattern), value, re.ASCII):
        yield ValidationError("pattern")


@cache
def _validator() -> Any:
    Draft202012Validator.check_schema(load())
    return extend(Draft202012Validator, {"pattern": _pattern})(load())  # type: ignore[no-untyped-call]


def problems(document: object) -> list[Problem]:
    """Everything in which `document` differs from the schema; empty when it is valid."""
    return [problem for error in _validator().iter_errors(document) for problem in _problems(error)]


def _problems(error: Any) -> Iterator[Problem]:
    path, schema, value = tuple(error.absolute_path), error.schema, error.instance
    match error.validator:
        case "additionalProperties":
            known = list(schema["properties"])
            for key in value:
                if key not in known:
                    yield Problem((*path, key), _unknown(key, known), at_key=True)
        case "required":
            (key,) = re.findall(r"^'(.+)' is a required", error.message)
            said = schema["properties"][key].get("description", "")
            yield Problem((*path, key), f"{key} is missing. {said}".rstrip())
        case _ if "propertyNames" in error.absolute_schema_path:
            yield Problem((*path, value), _sentence(error), at_key=True)
        case _:
            yield Problem(path, _sentence(error))


def _unknown(key: str, known: list[str]) -> str:
    near = difflib.get_close_matches(key, known, 1, 0.6)
    return f"There is no key {key} here; " + (
        f"did you mean {near[0]}?" if near else f"known are: {', '.join(known)}."
    )


def _sentence(error: Any) -> str:
    value, limit = error.instance, error.validator_value
    said = error.schema.get("errorMessage") if error.validator in ("pattern", "oneOf", "not") else None
    if said:
        return str(said).replace("{value}", _shown(value))
    match error.validator:
        case "type":
            wanted = " or ".join(_TYPES[name] for name in ([limit] if isinstance(limit, str) else limit))
            is_bare = not isinstance(value, dict | list | None)
            hint = "; quote it" if "text" in wanted and is_bare else ""
            return f"This should be {wanted}, and {_what_it_is(value)}{hint}."
        case "enum":
            near = difflib.get_close_matches(str(value), limit, 1, 0.6) or _begun(str(value), limit)
            hint = f"did you mean {near[0]}?" if near else f"it is one of: {', '.join(limit)}."
            return f"{_shown(value)} is not known here; {hint}"
        case "const":
            return f'This should be "{limit}", with the quotes.'
        case "minimum" | "maximum":
            return f"{_shown(value)} is {'less' if error.validator == 'minimum' else 'more'} than {limit}."
        case "minLength":
            return "This is empty."
        case "maxLength":
            return f"This text is longer than {limit} characters."
        case "minItems" | "minProperties":
            return f"At least {limit} is needed here."
        case "maxItems" | "maxProperties":
            return f"More than {limit} are not allowed here."
        case "uniqueItems":
            return "The same stands in this list twice."
        case _:
            return f"{error.message}."


def _what_it_is(value: object) -> str:
    if value is None:
        return "it is empty"
    words = (word for name, word in _TYPES.items() if _validator().is_type(value, name))
    return f"it is {next(words, f'a {type(value).__name__}')}"


def _begun(value: str, words: list[str]) -> list[str]:
    """Those that `value` is the beginning of."""
    return [word for word in words if value and word.startswith(value)]


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
