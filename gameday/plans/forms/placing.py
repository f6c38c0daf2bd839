"""What the compiler says of a place in the document, brought to the field that was filled in for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gameday.plans.forms.rows import Flat, rows
from gameday.plans.problems import Path, Problem, dotted


@dataclass(frozen=True, slots=True)
class Placed:
    """`at` are the sentences by the name of the field, row or list; `elsewhere` those about other pages."""

    at: Mapping[str, Sequence[str]]
    elsewhere: Sequence[Problem]

    @property
    def elsewhere_in_words(self) -> list[tuple[str, str]]:
        """Place and sentence; what has no place is about the whole of it."""
        return [(dotted(problem.path), problem.sentence) for problem in self.elsewhere]

    @property
    def is_clean(self) -> bool:
        return not self.at and not self.elsewhere


NOTHING = Placed({}, ())


def placed(problems: Iterable[Problem], known: Iterable[str], flat: Flat, index: int | None = None) -> Placed:
    """Each problem at the nearest of the form's places. With `index` the form is that scenario's."""
    places, at, elsewhere = list(known), defaultdict[str, list[str]](list), []
    for problem in problems:
        path = _of_form(problem.path, index)
        name = _nearest(_as_entered(path, flat), places) if path else ""
        if not name:
            elsewhere.append(problem)
        elif problem.sentence not in at[name]:
            at[name].append(problem.sentence)
    return Placed(dict(at), tuple(elsewhere))


def _of_form(path: Path, index: int | None) -> Path:
    """The path below the form; empty where it belongs to another one."""
    if index is None:
        return path if path[:1] != ("scenarios",) or len(path) == 1 else ()
    return ("scenario", *path[2:]) if path[:2] == ("scenarios", index) else ()


def _as_entered(path: Path, flat: Flat) -> Path:
    """Where the form has another shape than the document: people by number, one field for what is expected,
    one for how many."""
    match path:
        case ("people", str(username), *_):
            return ("people", _row_of(username, flat), "name" if len(path) == 2 else "roles")
        case ("scenario", "expectations", int(row), "holds"):
            return ("scenario", "expectations", row, "is")
        case ("scenario", "expectations", int(row), "recovers_within" | "happens_within", *rest):
            return ("scenario", "expectations", row, *(rest or ["is"]))
        case (*above, "count" | "percent") if "parameters" not in above:
            return (*above, "size")
        case (*_, "targets"):
            return (*path, "size")
    return path


def _row_of(username: str, flat: Flat) -> int:
    found = [row.get("name", [""])[0].strip() for row in rows(flat, "people")]
    return found.index(username) if username in found else 0


def _nearest(path: Path, places: Sequence[str]) -> str:
    """The place itself, the first one below it, or the next one above it."""
    name = dotted(path)
    if name in places:
        return name
    below = (place for place in places if place.startswith((f"{name}.", f"{name}[")))
    return next(below, "") or (_nearest(path[:-1], places) if len(path) > 1 else "")
