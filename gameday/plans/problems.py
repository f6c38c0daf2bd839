"""What is wrong with a plan, where, and in a sentence; all of it at once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from chaos.domain.errors import Refused

MOST_LINES = 50
Path = tuple[str | int, ...]
"""Where in a document: keys and indexes, from the root."""


@dataclass(frozen=True, slots=True)
class Problem:
    """`at_key` when the key is wrong and not its value."""

    path: Path
    sentence: str
    at_key: bool = False


class PlanRefused(Refused):
    """A plan with problems; `lines` has one sentence each, with place, and at most fifty."""

    def __init__(self, lines: Iterable[str], field: str = "") -> None:
        told = list(lines)
        if len(told) > MOST_LINES:
            told[MOST_LINES:] = [f"... and {len(told) - MOST_LINES} more."]
        self.lines = tuple(told)
        super().__init__("\n".join(self.lines), field)


def dotted(path: Path) -> str:
    """`scenarios[0].probes[1].query`"""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")


def undotted(text: str) -> Path:
    """The path that a dotted field names; indexes in brackets."""
    steps = re.findall(r"\[(\d+)\]|([^.\[\]]+)", text)
    return tuple(int(index) if index else key for index, key in steps)
