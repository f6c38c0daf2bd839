"""Small helpers on Kubernetes objects in wire form."""

import random
from datetime import UTC, datetime
from typing import Any, TypeAlias

Object: TypeAlias = dict[str, Any]

_SUFFIX = "bcdfghjklmnpqrstvwxz2456789"  # Kubernetes' alphabet: no vowels, so no accidental words


def clone(value: Any) -> Any:
    """A deep copy of JSON data, several times faster than copy.deepcopy."""
    if isinstance(value, dict):
        return {key: clone(item) for key, item in value.items()}
    if isinstance(value, list):
        return [clone(item) for item in value]
    return value


def utc_now() -> datetime:
    return datetime.now(UTC)


def timestamp(moment: datetime) -> str:
    """metav1.Time: whole seconds, UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def suffix() -> str:
    """What generateName appends."""
    return "".join(random.choices(_SUFFIX, k=5))


def name_of(obj: Object) -> str:
    return str(obj["metadata"].get("name", ""))


def namespace_of(obj: Object) -> str:
    return str(obj["metadata"].get("namespace") or "")


def is_going(obj: Object) -> bool:
    """Deletion has been asked for."""
    return bool(obj["metadata"].get("deletionTimestamp"))


def dig(obj: Any, *path: str) -> Any:
    """The value at a path of keys, or None where any step is missing."""
    for key in path:
        if not isinstance(obj, dict):
            return None
        obj = obj.get(key)
    return obj
