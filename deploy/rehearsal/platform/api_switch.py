"""The switches `api`: mishaps of the API server, given as a list of rules in JSON; and `collector`."""

import re
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from deploy.rehearsal.api import Effect, Mishap, Mishaps

_FIELDS = tuple(field.name for field in fields(Mishap))


class ApiSwitch:
    """`[]` ends all mishaps; a list of rules takes the place of those in force."""

    def __init__(self, mishaps: Mishaps) -> None:
        self._mishaps = mishaps

    def read(self, rules: Any) -> list[Mishap]:
        """Raises ValueError, in a sentence, for a rule that cannot be read."""
        if not isinstance(rules, list):
            raise ValueError("'api' takes a list of rules; an empty list ends them all")
        return [_mishap(number, rule) for number, rule in enumerate(rules, start=1)]

    def put(self, mishaps: list[Mishap]) -> None:
        self._mishaps.clear()
        for mishap in mishaps:
            self._mishaps.add(mishap)

    @property
    def collector_is_up(self) -> bool:
        """Whether the garbage collector works."""
        return not self._mishaps.collector_is_away

    def turn_collector(self, is_up: bool) -> None:
        self._mishaps.collector_is_away = not is_up

    def describe(self) -> list[dict[str, Any]]:
        return [
            {name: _plain(getattr(mishap, name)) for name in _FIELDS} for mishap in self._mishaps.active()
        ]


def _mishap(number: int, rule: Any) -> Mishap:
    known = f"a rule has {', '.join(_FIELDS)}, and its effect is one of {', '.join(Effect)}"
    if not isinstance(rule, Mapping) or "effect" not in rule or set(rule) - set(_FIELDS):
        raise ValueError(f"'api' rule {number} cannot be read: {known}")
    values = dict(rule)
    try:
        values["effect"] = Effect(values["effect"])
        values["verbs"] = frozenset(values.get("verbs") or ())
        for pattern in ("resource", "path", "user"):
            re.compile(values.get(pattern, ""))
        for name in {"share", "seconds"} & set(values):
            values[name] = float(values[name])
    except (ValueError, TypeError, re.error) as error:
        raise ValueError(f"'api' rule {number} cannot be read ({error}): {known}") from None
    values.setdefault("name", f"rule-{number}")
    return Mishap(**values)


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, frozenset) else value
