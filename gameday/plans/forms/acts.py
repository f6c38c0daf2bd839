"""The buttons of a form that change what is entered and store nothing: add, remove, up, down."""

from __future__ import annotations

import re

from gameday.plans.forms import rows
from gameday.plans.forms.rows import Flat
from gameday.plans.forms.shape import Rows, Shape


def changed(shape: Shape, flat: Flat, do: str, prefix: str = "") -> tuple[Flat, str]:
    """The form after one press, and the name of the field or the row to go on from.

    `do` is the button's value: `add:scenario.probes`, `up:scenario.probes[1]`. Anything else changes nothing.
    """
    verb, _, place = do.partition(":")
    lists = {f"{prefix}{entry.path}": entry for entry in shape if isinstance(entry, Rows)}
    if verb == "add" and place in lists:
        entry, index = lists[place], rows.count(flat, place)
        return rows.added(flat, place, entry.fresh), f"{place}[{index}].{entry.items[0].path}"
    match = re.fullmatch(r"(.+)\[(\d{1,6})\]", place, re.ASCII)
    if not match or match[1] not in lists:
        return flat, ""
    name, index = match[1], int(match[2])
    if verb == "remove":
        return rows.removed(flat, name, index), name
    by = {"up": -1, "down": 1}.get(verb, 0)
    return rows.moved(flat, name, index, by), f"{name}[{index + by}]"
