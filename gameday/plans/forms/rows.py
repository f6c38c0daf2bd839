"""Rows of a form, as the names of their inputs number them: counted, added, removed, moved."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

Flat = dict[str, list[str]]


def rows(flat: Flat, name: str) -> list[Flat]:
    """The inputs of each row of the list `name`, by the ends of their names, in the order of the numbers."""
    found: dict[int, Flat] = defaultdict(dict)
    for key, values in flat.items():
        if at := _at(key, name):
            found[at[0]][at[1]] = values
    return [found[index] for index in sorted(found)]


def count(flat: Flat, name: str) -> int:
    return len({at[0] for key in flat if (at := _at(key, name))})


def with_rows(flat: Flat, name: str, wanted: Sequence[Mapping[str, list[str]]]) -> Flat:
    """The form with these rows in the list, numbered from nought."""
    others = {key: values for key, values in flat.items() if not _at(key, name)}
    return others | {
        f"{name}[{index}].{end}": list(values)
        for index, row in enumerate(wanted)
        for end, values in row.items()
    }


def added(flat: Flat, name: str, fresh: Mapping[str, str]) -> Flat:
    row = {end: [value] for end, value in fresh.items()}
    return with_rows(flat, name, [*rows(flat, name), row])


def removed(flat: Flat, name: str, index: int) -> Flat:
    kept = [row for number, row in enumerate(rows(flat, name)) if number != index]
    return with_rows(flat, name, kept)


def moved(flat: Flat, name: str, index: int, by: int) -> Flat:
    """One row up (-1) or down (1); where it cannot go further, nothing changes."""
    found = rows(flat, name)
    to = index + by
    if 0 <= index < len(found) and 0 <= to < len(found):
        found[index], found[to] = found[to], found[index]
    return with_rows(flat, name, found)


def _at(key: str, name: str) -> tuple[int, str] | None:
    """The number of the row that an input belongs to, and the end of its name."""
    if not key.startswith(f"{name}["):
        return None
    match = re.fullmatch(r"(\d{1,6})\]\.(.+)", key[len(name) + 1 :], re.ASCII)
    return (int(match[1]), match[2]) if match else None
