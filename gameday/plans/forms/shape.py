"""What a form is declared with, and the way between its inputs and its part of the document.

`Flat` holds a form's inputs by their names, as a browser sends them. Names are places in the document:
`scenario.probes[1].interval`, and `scenario.probes[1].interval~unit` for the select beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from gameday.plans.forms import rows as numbered
from gameday.plans.forms.kinds import LEFT_OUT, Choice, Inputs, Kind
from gameday.plans.forms.rows import Flat
from gameday.plans.problems import undotted

_MISSING = object()
_LINE = Kind()


@dataclass(frozen=True)
class Item:
    """One value. `path` is its place below the form or the row; an empty `help` is the schema's own words."""

    path: str
    label: str
    kind: Kind = _LINE
    is_optional: bool = False
    help: str = ""
    hint: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Rows:
    """A list of which one adds, removes and orders the rows.

    `word` is what one of them is called; `fresh` are the inputs that a new row begins with, by the ends of
    their names.
    """

    path: str
    word: str
    items: tuple[Item, ...]
    fresh: Mapping[str, str]
    is_optional: bool = False

    def of(self, value: Any) -> list[dict[str, Any]]:
        """The document's value as rows."""
        return list(value)

    def into(self, rows: list[dict[str, Any]]) -> Any:
        """The rows as the document's value."""
        return rows

    def is_blank(self, row: Flat) -> bool:
        """Nothing was entered since it was added. Selects always say something, and do not count."""
        entered = [item.path for item in self.items if not isinstance(item.kind, Choice)]
        return all("".join(row.get(end, ())).strip() == self.fresh.get(end, "") for end in entered)


Shape = Sequence[Item | Rows]


def flatten(shape: Shape, part: Mapping[str, Any], prefix: str = "") -> Flat:
    """The inputs that show `part`."""
    flat: Flat = {}
    for entry in shape:
        if isinstance(entry, Item):
            flat |= _written(entry, part, prefix)
            continue
        found = _get(part, entry.path)
        for index, row in enumerate(entry.of(found) if found is not _MISSING else ()):
            flat |= flatten(entry.items, row, f"{prefix}{entry.path}[{index}].")
    return flat


def read(shape: Shape, flat: Flat, prefix: str = "") -> dict[str, Any]:
    """The part of the document that the inputs say. What is left out stands nowhere in it."""
    part: dict[str, Any] = {}
    for entry in shape:
        if isinstance(entry, Item):
            _read(entry, flat, prefix, part)
            continue
        name = f"{prefix}{entry.path}"
        found = [read(entry.items, flat, f"{name}[{index}].") for index in range(numbered.count(flat, name))]
        if found or not entry.is_optional:
            _put(part, undotted(entry.path), entry.into(found))
    return part


def without_blanks(shape: Shape, flat: Flat, prefix: str = "") -> Flat:
    """The inputs without rows that were added and left empty."""
    for entry in shape:
        if isinstance(entry, Rows):
            name = f"{prefix}{entry.path}"
            kept = [row for row in numbered.rows(flat, name) if not entry.is_blank(row)]
            flat = numbered.with_rows(flat, name, kept)
    return flat


def names(shape: Shape, flat: Flat, prefix: str = "") -> Iterator[str]:
    """Every place of the form: its fields, its lists and their rows."""
    for entry in shape:
        yield f"{prefix}{entry.path}"
        if isinstance(entry, Rows):
            for index in range(numbered.count(flat, f"{prefix}{entry.path}")):
                row = f"{prefix}{entry.path}[{index}]"
                yield row
                yield from names(entry.items, flat, f"{row}.")


def inputs_of(flat: Flat, name: str) -> Inputs:
    """The inputs of one field."""
    found = {"": flat[name]} if name in flat else {}
    for end in ("~unit", "~op", "~zone"):
        if name + end in flat:
            found[end] = flat[name + end]
    return found


def _written(item: Item, part: Mapping[str, Any], prefix: str) -> Flat:
    value = _get(part, item.path)
    if item.kind.merges:
        above = _get(part, item.path.rpartition(".")[0])
        held = above if isinstance(above, Mapping) else {}
        value = {key: held[key] for key in item.kind.merges if key in held} or _MISSING
    if value is _MISSING:
        return {}
    return {f"{prefix}{item.path}{end}": list(values) for end, values in item.kind.write(value).items()}


def _read(item: Item, flat: Flat, prefix: str, part: dict[str, Any]) -> None:
    value = item.kind.read(inputs_of(flat, f"{prefix}{item.path}"))
    path = undotted(item.path)
    if item.kind.merges:
        if value or not item.is_optional:
            _group(part, path[:-1]).update(value)
    elif value is not LEFT_OUT:
        _put(part, path, value)
    elif not item.is_optional:
        _group(part, path[:-1])  # so that what is missing is asked for, and not the group around it


def _get(part: Any, path: str) -> Any:
    for step in undotted(path):
        try:
            part = part[step]
        except (KeyError, IndexError, TypeError):
            return _MISSING
    return part


def _put(part: dict[str, Any], path: tuple[str | int, ...], value: Any) -> None:
    _group(part, path[:-1])[path[-1]] = value


def _group(part: Any, path: tuple[str | int, ...]) -> Any:
    """The mapping at `path`, made where it is missing. The only list on the way is that of the one fault."""
    for step, below in zip_longest(path, path[1:], fillvalue=""):
        if isinstance(step, int):
            part.extend({} for _ in range(step + 1 - len(part)))
            part = part[step]
        else:
            part = part.setdefault(step, [] if isinstance(below, int) else {})
    return part
