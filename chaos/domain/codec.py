"""Frozen dataclasses to plain JSON values and back, strictly.

One rule per type: timedelta is an integer of milliseconds, datetime an RFC 3339 UTC string with
microseconds, Decimal a plain string, an enum its value, a tuple a list. There are no floats, so that
the canonical form (RFC 8785) of a value is the same on every machine.
"""

from __future__ import annotations

import dataclasses
import hashlib
import types
import typing
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import cache
from typing import Any, TypeVar

import rfc8785

T = TypeVar("T")


def to_plain(value: Any) -> Any:
    """The JSON value of `value`. Raises TypeError for a type that has no rule, floats included."""
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, timedelta):
        return int(value / timedelta(milliseconds=1))
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise TypeError("An instant without a time zone is another one on every machine.")
        return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    if isinstance(value, Decimal):
        return _plain_decimal(value)
    if isinstance(value, Mapping):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [to_plain(item) for item in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    raise TypeError(f"{type(value).__name__} has no plain form.")


def from_plain(cls: type[T], data: Any) -> T:
    """The `cls` that `to_plain` made `data` of. Raises TypeError or ValueError where it does not fit."""
    return typing.cast(T, _read(cls, data))


def canonical(value: Any) -> bytes:
    """The canonical JSON (RFC 8785) of `value`'s plain form, as UTF-8."""
    return rfc8785.dumps(to_plain(value))


def digest(value: Any) -> str:
    """SHA-256 of the canonical form, in lower-case hex."""
    return hashlib.sha256(canonical(value)).hexdigest()


def _plain_decimal(value: Decimal) -> str:
    """Exact, and without arithmetic: that would round to the precision of whoever asks."""
    if not value.is_finite():
        raise TypeError(f"{value} is not a number, and has no plain form.")
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


@cache
def _hints(cls: type) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def _read(kind: Any, data: Any) -> Any:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        if data is None:
            return None
        (inner,) = [argument for argument in arguments if argument is not type(None)]
        return _read(inner, data)
    if origin is tuple:
        _must_be(list, data)
        return tuple(_read(arguments[0], item) for item in data)
    if origin in (dict, Mapping) or getattr(origin, "__name__", "") == "Mapping":
        _must_be(dict, data)
        return {str(key): _read(arguments[1], item) for key, item in data.items()}
    if dataclasses.is_dataclass(kind):
        return _read_dataclass(typing.cast(type, kind), data)
    if kind is timedelta:
        _must_be(int, data)
        return timedelta(milliseconds=data)
    if kind is datetime:
        _must_be(str, data)
        return datetime.fromisoformat(data)
    if kind is Decimal:
        return _read_decimal(data)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(data)
    if kind is not Any:
        _must_be(kind, data)
    return data


def _read_decimal(data: Any) -> Decimal:
    _must_be(str, data)
    try:
        return Decimal(data)
    except InvalidOperation as error:
        raise ValueError(f"{data!r} is not a decimal number.") from error


def _must_be(kind: Any, data: Any) -> None:
    """True is no 1: in canonical JSON they differ."""
    if not isinstance(data, kind) or (isinstance(data, bool) and kind is not bool):
        raise TypeError(f"{data!r} is not a {getattr(kind, '__name__', kind)}.")


def _read_dataclass(cls: type, data: Any) -> Any:
    _must_be(dict, data)
    hints, known = _hints(cls), {field.name for field in dataclasses.fields(cls)}
    unknown = set(data) - known
    if unknown:
        raise ValueError(f"{cls.__name__} has no field {', '.join(sorted(unknown))}.")
    return cls(**{name: _read(hints[name], item) for name, item in data.items()})
