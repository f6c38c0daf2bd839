"""Merge patch (RFC 7386) and JSON patch (RFC 6902)."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from deploy.rehearsal.store.errors import ApiError, bad_request
from deploy.rehearsal.store.objects import clone


class PatchType(StrEnum):
    MERGE = "application/merge-patch+json"
    JSON = "application/json-patch+json"
    STRATEGIC = "application/strategic-merge-patch+json"


def merge_patch(target: Any, patch: Any) -> Any:
    """The target with the patch applied; null removes a key. Neither argument is changed."""
    if not isinstance(patch, dict):
        return clone(patch)
    merged = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge_patch(merged.get(key), value)
    return merged


def json_patch(target: Any, operations: Sequence[dict[str, Any]]) -> Any:
    """The target with the operations applied in order. Raises ApiError 422 where one does not fit."""
    document = clone(target)
    for operation in operations:
        if not isinstance(operation, dict) or "op" not in operation or "path" not in operation:
            raise bad_request('a JSON patch is a list of objects with "op" and "path"')
        try:
            document = _apply(document, operation)
        except (KeyError, IndexError, ValueError, TypeError) as error:
            message = f"the server rejected our request due to an error in our request: {operation['path']}"
            raise ApiError(422, "Invalid", message) from error
    return document


def _apply(document: Any, operation: dict[str, Any]) -> Any:
    path = _pointer(operation["path"])
    match operation["op"]:
        case "test":
            if _at(document, path) != operation["value"]:
                raise ValueError("test failed")
        case "add":
            return _put(document, path, clone(operation["value"]), insert=True)
        case "replace":
            _at(document, path)
            return _put(document, path, clone(operation["value"]), insert=False)
        case "remove":
            _cut(document, path)
        case "move":
            return _put(document, path, _cut(document, _pointer(operation["from"])), insert=True)
        case "copy":
            return _put(document, path, clone(_at(document, _pointer(operation["from"]))), insert=True)
        case other:
            raise bad_request(f'"{other}" is not a JSON patch operation')
    return document


def _pointer(text: str) -> list[str]:
    if text and not text.startswith("/"):
        raise ValueError(f"{text} does not start with /")
    return [part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:]]


def _at(document: Any, path: list[str]) -> Any:
    for part in path:
        document = document[int(part)] if isinstance(document, list) else document[part]
    return document


def _put(document: Any, path: list[str], value: Any, *, insert: bool) -> Any:
    if not path:
        return value
    parent, last = _at(document, path[:-1]), path[-1]
    if isinstance(parent, list):
        if last == "-":
            parent.append(value)
        elif insert:
            if int(last) > len(parent):
                raise IndexError(last)
            parent.insert(int(last), value)
        else:
            parent[int(last)] = value
    else:
        parent[last] = value
    return document


def _cut(document: Any, path: list[str]) -> Any:
    parent, last = _at(document, path[:-1]), path[-1]
    return parent.pop(int(last)) if isinstance(parent, list) else parent.pop(last)
