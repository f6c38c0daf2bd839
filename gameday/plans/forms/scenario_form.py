"""The form of one scenario as it stands between two clicks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from chaos.faults import catalogue
from chaos.faults.base import Fault
from gameday.plans.forms import acts, rows, shape
from gameday.plans.forms.bound import Field, List, bind
from gameday.plans.forms.placing import NOTHING, Placed, placed
from gameday.plans.forms.rows import Flat
from gameday.plans.forms.scenario import PREFIX
from gameday.plans.forms.scenario import shape as shape_of
from gameday.plans.forms.shape import Shape
from gameday.plans.problems import Problem

_FAULT = f"{PREFIX}faults[0].fault"
WAS = "name~was"
"""The end of the input that keeps the name of a probe as the page showed it."""
_SCHEMA = "scenarios[0]."


@dataclass(frozen=True)
class ScenarioForm:
    flat: Flat
    focus: str = ""
    """The name of the field or row that the next page begins at."""

    @classmethod
    def of(cls, item: Mapping[str, Any]) -> ScenarioForm:
        """What stands in the document."""
        fault = str(item["faults"][0]["fault"])
        fields = shape_of(catalogue.FAULTS.get(fault), ())
        return cls(shape.flatten(fields, item, PREFIX))

    @classmethod
    def sent(cls, flat: Flat) -> ScenarioForm:
        """What a browser sent. What named a probe by the name that it had before names it by the new one."""
        names = {
            _first(row, WAS): _first(row, "name")
            for row in rows.rows(flat, f"{PREFIX}probes")
            if _first(row, WAS) and _first(row, "name")
        }
        refers = re.compile(rf"{re.escape(PREFIX)}(.*\.)?(probe|proven_by)")
        renamed = {
            name: [names.get(value, value) for value in values] if refers.fullmatch(name) else values
            for name, values in flat.items()
        }
        return cls(renamed)

    @property
    def fault(self) -> Fault | None:
        """The chosen fault; None as long as none is."""
        return catalogue.FAULTS.get(next(iter(self.flat.get(_FAULT, ())), ""))

    @property
    def has_begun(self) -> bool:
        """Whether there is more in it than a choice of a fault."""
        return f"{PREFIX}title" in self.flat

    @property
    def probes(self) -> list[tuple[str, str]]:
        """Names and units of the probes, as far as they have names."""
        found = rows.rows(self.flat, f"{PREFIX}probes")
        pairs = [(_first(row, "name"), _first(row, "unit")) for row in found]
        return [(name, unit) for name, unit in pairs if name]

    @property
    def shape(self) -> Shape:
        return shape_of(self.fault, [name for name, _ in self.probes])

    def after(self, do: str) -> ScenarioForm:
        """The form after a press of a button that stores nothing."""
        if do == "fault" and self.fault:
            return replace(self, flat=_for_targets_of(self.fault, self.flat))
        flat, focus = acts.changed(self.shape, self.flat, do, PREFIX)
        return replace(self, flat=flat, focus=focus)

    def without_blanks(self) -> ScenarioForm:
        return replace(self, flat=shape.without_blanks(self.shape, self.flat, PREFIX))

    def item(self) -> dict[str, Any]:
        """The scenario as a part of a document, right or wrong."""
        return shape.read(self.shape, self.flat, PREFIX)

    def placed(self, problems: Iterable[Problem], index: int) -> Placed:
        """What is wrong with the document whose scenario `index` this is, field by field."""
        return placed(problems, shape.names(self.shape, self.flat, PREFIX), self.flat, index)

    def bound(self, wrong: Placed = NOTHING) -> dict[str, Any]:
        """Fields and lists for the page; `parameters` holds the fault's own ones."""
        found = bind(self.shape, self.flat, wrong, PREFIX, _SCHEMA)
        units = dict(self.probes)
        for name, value in (("expectations", "is"), ("abort_conditions", "when")):
            found[name] = _with_units(found[name], value, units)
        own = f"{PREFIX}faults[0].parameters."
        parameters = [
            field for field in found.values() if isinstance(field, Field) and field.name.startswith(own)
        ]
        return {**found, "parameters": parameters}


def _for_targets_of(fault: Fault, flat: Flat) -> Flat:
    """A kind of targets that this fault does not take gives way to its first one."""
    name = f"{PREFIX}faults[0].targets.kind"
    kinds = fault.target_kinds
    return flat if next(iter(flat.get(name, ())), "") in kinds else {**flat, name: [kinds[0]]}


def _with_units(found: List, value: str, units: Mapping[str, str]) -> List:
    """Each bound with the unit of the probe that it is set on."""
    return replace(
        found,
        rows=[
            replace(
                row,
                fields={
                    **row.fields,
                    value: replace(row.fields[value], unit=units.get(_chosen(row.fields["probe"]), "")),
                },
            )
            for row in found.rows
        ],
    )


def _chosen(field: Field) -> str:
    """What a select shows: the first choice where nothing was chosen."""
    return field.value or (field.choices[0][0] if field.choices else "")


def _first(row: Mapping[str, list[str]], end: str) -> str:
    return next(iter(row.get(end, ())), "").strip()
