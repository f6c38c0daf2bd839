"""What differs between two versions of a plan, place by place and in words."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

IDENTITIES = ("key", "name", "party")
"""What tells the items of a list apart, so that one that moved is not taken for another."""
LONGEST = 400
_NOTHING = object()


@dataclass(frozen=True, slots=True)
class Change:
    """`before` or `after` is None where the place was not there."""

    where: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a text: ` ` stays, `-` goes, `+` comes; `…` stands for lines that stay."""

    sign: str
    text: str


def differences(before: Any, after: Any) -> list[Change]:
    """Every place in which the documents differ, in their order."""
    return list(_walk(before, after, ""))


def lines(before: str, after: str) -> list[Line]:
    """The lines that differ, with three around each."""
    found: list[Line] = []
    diff = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=3)
    for text in list(diff)[2:]:
        found.append(Line("…", "") if text.startswith("@@") else Line(text[:1], text[1:]))
    return found[1:] if found and found[0].sign == "…" else found


def _walk(before: Any, after: Any, where: str) -> Iterator[Change]:
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _mappings(before, after, where)
    elif (old := _by_identity(before)) and (new := _by_identity(after)):
        yield from _mappings(old, new, where)
        kept = [key for key in old if key in new]
        if kept != [key for key in new if key in old]:
            yield Change(f"{where}: order", ", ".join(old), ", ".join(new))
    elif _are_lists_of_mappings(before, after):
        for index in range(max(len(before), len(after))):
            old_item, new_item = (
                items[index] if index < len(items) else _NOTHING for items in (before, after)
            )
            yield from _walk(old_item, new_item, f"{where} {index + 1}")
    else:
        yield Change(where, _said(before), _said(after))


def _mappings(before: dict[str, Any], after: dict[str, Any], where: str) -> Iterator[Change]:
    for key in [*before, *(key for key in after if key not in before)]:
        place = f"{where} / {key}" if where else str(key)
        yield from _walk(before.get(key, _NOTHING), after.get(key, _NOTHING), place)


def _by_identity(items: Any) -> dict[str, Any] | None:
    """The items by what tells them apart; None for anything but a list of such items."""
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        return None
    for identity in IDENTITIES:
        found = {item.get(identity): item for item in items}
        if len(found) == len(items) and None not in found:
            return found
    return None


def _are_lists_of_mappings(*both: Any) -> bool:
    return all(isinstance(one, list) and all(isinstance(item, dict) for item in one) for one in both)


def _said(value: Any) -> str | None:
    if value is _NOTHING:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return _short("; ".join(f"{key}: {_said(item)}" for key, item in value.items()))
    if isinstance(value, list):
        return _short(", ".join(str(_said(item)) for item in value)) or "none"
    return _short(str(value))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
