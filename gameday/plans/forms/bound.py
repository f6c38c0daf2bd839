"""A form as a page draws it: every field with its inputs, its choices and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gameday.plans.forms.kinds import Choices, Kind, main
from gameday.plans.forms.placing import Placed
from gameday.plans.forms.rows import Flat, count
from gameday.plans.forms.shape import Item, Shape, inputs_of
from gameday.plans.problems import undotted
from gameday.plans.schema import load, resolved


@dataclass(frozen=True, slots=True)
class Field:
    """`value` and `beside` are what was entered; `values` all of it where several may be chosen."""

    name: str
    label: str
    widget: str
    value: str
    values: Sequence[str]
    beside: str
    beside_name: str
    choices: Choices
    unit: str
    help: str
    hint: str
    errors: Sequence[str]
    is_optional: bool

    @property
    def id(self) -> str:
        return anchor(self.name)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a list; `number` counts from one."""

    name: str
    number: int
    fields: Mapping[str, Field]
    errors: Sequence[str]
    is_first: bool
    is_last: bool

    @property
    def id(self) -> str:
        return anchor(self.name)


@dataclass(frozen=True, slots=True)
class List:
    name: str
    word: str
    rows: Sequence[Row]
    errors: Sequence[str]

    @property
    def id(self) -> str:
        return anchor(self.name)


@dataclass(frozen=True, slots=True)
class Wrong:
    """One line of the summary above a form, with the place that it leads to."""

    id: str
    where: str
    sentence: str


def bind(shape: Shape, flat: Flat, wrong: Placed, prefix: str = "", schema: str = "") -> dict[str, Any]:
    """Fields and lists by their path, with `_` for what a template cannot say. `schema` is where the form's
    part of the document stands in the whole of it."""
    found: dict[str, Any] = {}
    for entry in shape:
        name = f"{prefix}{entry.path}"
        if isinstance(entry, Item):
            found[_key(entry.path)] = _field(entry, flat, wrong, name, f"{schema}{entry.path}")
            continue
        rows, total = [], count(flat, name)
        for index in range(total):
            row, place = f"{name}[{index}]", f"{schema}{entry.path}[0]."
            fields = bind(entry.items, flat, wrong, f"{row}.", place)
            rows.append(Row(row, index + 1, fields, wrong.at.get(row, ()), index == 0, index == total - 1))
        found[_key(entry.path)] = List(name, entry.word, rows, wrong.at.get(name, ()))
    return found


def summary(bound: Mapping[str, Any], before: str = "") -> Iterator[Wrong]:
    """Everything that is wrong with a form, in its order."""
    for part in bound.values():
        if isinstance(part, Field):
            yield from (Wrong(part.id, f"{before}{part.label}", sentence) for sentence in part.errors)
            continue
        word = part.word.capitalize()
        yield from (Wrong(part.id, f"{before}{word}s", sentence) for sentence in part.errors)
        for row in part.rows:
            where = f"{before}{word} {row.number}"
            yield from (Wrong(row.id, where, sentence) for sentence in row.errors)
            yield from summary(row.fields, f"{where}: ")


def anchor(name: str) -> str:
    """The name as an id that an address may point to."""
    return re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")


def _key(path: str) -> str:
    return re.sub(r"\W+", "_", path)


def _field(item: Item, flat: Flat, wrong: Placed, name: str, schema: str) -> Field:
    inputs, kind = inputs_of(flat, name), item.kind
    end = getattr(kind, "end", "")
    return Field(
        name=name,
        label=item.label,
        widget=kind.widget,
        value=main(inputs),
        values=inputs.get("", ()),
        beside=main(inputs, end) or getattr(kind, "usual", "") if end else "",
        beside_name=f"{name}{end}",
        choices=_choices(kind, main(inputs)),
        unit=item.unit,
        help=(item.help or _said(schema)).strip(),
        hint=item.hint,
        errors=wrong.at.get(name, ()),
        is_optional=item.is_optional,
    )


def _choices(kind: Kind, value: str) -> Choices:
    """What may be chosen, and what was chosen though it is not among that: it is shown, and then refused."""
    choices = getattr(kind, "choices", ())
    if kind.widget != "choice" or not value or value in dict(choices):
        return choices
    return [*choices, (value, value)]


def _said(path: str) -> str:
    """The schema's own words about a place in the document."""
    schema = load()
    for step in undotted(path):
        schema = resolved(schema)
        below = schema.get("items") if isinstance(step, int) else schema.get("properties", {}).get(step)
        if below is None:
            return ""
        schema = below
    return str(resolved(schema).get("description", ""))
