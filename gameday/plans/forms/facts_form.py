"""The form of a plan's own facts as it stands between two clicks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gameday.plans.forms import acts, facts, rows, shape
from gameday.plans.forms.bound import bind
from gameday.plans.forms.facts import ORDER
from gameday.plans.forms.kinds import Choices
from gameday.plans.forms.placing import NOTHING, Placed, placed
from gameday.plans.forms.rows import Flat
from gameday.plans.forms.shape import Shape
from gameday.plans.problems import Problem


@dataclass(frozen=True)
class Known:
    """What a plan may name: teams, clusters and what they are called, each cluster's environment."""

    teams: Sequence[str]
    clusters: Choices
    environments: Mapping[str, str]


@dataclass(frozen=True)
class FactsForm:
    flat: Flat
    known: Known
    is_new: bool = False
    focus: str = ""

    @classmethod
    def of(cls, document: Mapping[str, Any], known: Known, is_new: bool = False) -> FactsForm:
        fields = facts.shape(known.teams, known.clusters, is_new)
        return cls(shape.flatten(fields, document), known, is_new)

    @property
    def shape(self) -> Shape:
        return facts.shape(self.known.teams, self.known.clusters, self.is_new)

    def after(self, do: str) -> FactsForm:
        """The form after a press of a button that stores nothing."""
        flat, focus = acts.changed(self.shape, self.flat, do)
        return replace(self, flat=flat, focus=focus)

    def without_blanks(self) -> FactsForm:
        return replace(self, flat=shape.without_blanks(self.shape, self.flat))

    def with_scenarios(self, keys: Iterable[str]) -> FactsForm:
        """The form with these scenarios at the end of the order, unless they stand in it."""
        held = rows.rows(self.flat, ORDER.path)
        there = {"".join(row.get("key", ())) for row in held}
        more = [{"key": [key]} for key in keys if key not in there]
        return replace(self, flat=rows.with_rows(self.flat, ORDER.path, [*held, *more]))

    def document(self, slug: str, environment: str = "") -> dict[str, Any]:
        """The facts as a document whose scenarios are keys, in their order.

        A cluster that is not known has the environment that the plan had.
        """
        part = shape.read(self.shape, self.flat)
        known = self.known.environments.get(part.get("cluster", ""), environment)
        return {**part, "format": "1", "plan": part.get("plan") or slug, "environment": known}

    def placed(self, problems: Iterable[Problem]) -> Placed:
        found = [self._at_field(problem) for problem in problems]
        return placed(found, shape.names(self.shape, self.flat), self.flat)

    def bound(self, wrong: Placed = NOTHING) -> dict[str, Any]:
        return bind(self.shape, self.flat, wrong)

    @staticmethod
    def _at_field(problem: Problem) -> Problem:
        """The environment is the cluster's."""
        return replace(problem, path=("cluster",)) if problem.path == ("environment",) else problem
