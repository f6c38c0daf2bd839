"""A CRD's schema at work: unknown fields pruned, the rest validated, with the messages of a real server."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from deploy.rehearsal.store.errors import bad_request, cause, invalid
from deploy.rehearsal.store.kinds import Kind
from deploy.rehearsal.store.objects import Object, name_of

_KEEPS = "x-kubernetes-preserve-unknown-fields"
_ALWAYS_KNOWN = frozenset({"apiVersion", "kind", "metadata"})
_TYPE_NAMES = {str: "string", bool: "boolean", int: "integer", float: "number", list: "array", dict: "object"}


class Schema:
    """The openAPIV3Schema of one served version."""

    def __init__(self, openapi: dict[str, Any]) -> None:
        self._schema = openapi
        self._validator = Draft202012Validator(openapi)

    def admit(self, kind: Kind, obj: Object, *, strict: bool, warn: Callable[[str], None]) -> Object:
        """The object without unknown fields. Raises ApiError 400 (strict) for them, 422 for wrong ones."""
        unknown: list[str] = []
        known = {key: value for key, value in obj.items() if key in _ALWAYS_KNOWN}
        rest = {key: value for key, value in obj.items() if key not in _ALWAYS_KNOWN}
        pruned: Object = known | _prune(self._schema, rest, "", unknown)
        if unknown and strict:
            listed = ", ".join(f'unknown field "{path}"' for path in unknown)
            raise bad_request(
                f'{kind.kind} in version "{kind.version}" cannot be handled as a {kind.kind}: '
                f"strict decoding error: {listed}"
            )
        for path in unknown:
            warn(f'unknown field "{path}"')
        causes = [one for error in self._validator.iter_errors(pruned) for one in _causes(error)]
        if causes:
            raise invalid(kind, name_of(pruned), sorted(causes, key=lambda one: one["field"]))
        return pruned


def _prune(schema: dict[str, Any], value: Any, path: str, unknown: list[str]) -> Any:
    if isinstance(value, list):
        items = schema.get("items") or {_KEEPS: True}
        return [_prune(items, item, f"{path}[{number}]", unknown) for number, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    properties = schema.get("properties") or {}
    others = schema.get("additionalProperties")
    kept: dict[str, Any] = {}
    for key, item in value.items():
        here = f"{path}.{key}" if path else key
        if key in properties:
            kept[key] = _prune(properties[key], item, here, unknown)
        elif isinstance(others, dict):
            kept[key] = _prune(others, item, here, unknown)
        elif others or schema.get(_KEEPS):
            kept[key] = item
        else:
            unknown.append(here)
    return kept


def _causes(error: ValidationError) -> Iterator[dict[str, str]]:
    field = _path(error)
    rule: Any = error.validator_value
    instance: Any = error.instance
    match error.validator:
        case "type":
            actual = _TYPE_NAMES.get(type(error.instance), "null")
            said = f'Invalid value: "{actual}": {field} in body must be of type {rule}'
            yield cause(field, "FieldValueTypeInvalid", f'{said}: "{actual}"')
        case "required":
            for missing in rule:
                if missing not in instance and f"'{missing}'" in error.message:
                    yield cause(f"{field}.{missing}".lstrip("."), "FieldValueRequired", "Required value")
        case "enum":
            supported = ", ".join(f'"{one}"' for one in rule)
            said = f'Unsupported value: "{error.instance}": supported values: {supported}'
            yield cause(field, "FieldValueNotSupported", said)
        case "pattern":
            said = f"Invalid value: \"{error.instance}\": {field} in body should match '{rule}'"
            yield cause(field, "FieldValueInvalid", said)
        case "oneOf":
            said = f'Invalid value: {json.dumps(error.instance)}: "{field}" must validate one and only one'
            yield cause(field, "FieldValueInvalid", f"{said} schema (oneOf). Found none valid")
        case "minLength":
            said = f'Invalid value: "{error.instance}": {field} in body should be at least'
            yield cause(field, "FieldValueInvalid", f"{said} {rule} chars long")
        case _:
            said = f"Invalid value: {json.dumps(error.instance)}: {field} in body: {error.message}"
            yield cause(field, "FieldValueInvalid", said)


def _path(error: ValidationError) -> str:
    text = ""
    for part in error.absolute_path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")
