"""Collects what is wrong while a document is compiled, so that one look finds it all."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from chaos.domain.errors import Refused
from chaos.domain.spec import Comparison, Op
from chaos.faults.parameters import MILLISECOND, duration
from gameday.plans.problems import Path, Problem, undotted


class Findings:
    """What could not be read is stood in for by something harmless: with a problem nothing is compiled."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems

    def say(self, path: Path, sentence: str) -> None:
        self.problems.append(Problem(path, sentence))

    def refused(self, path: Path, error: Refused) -> None:
        self.say((*path, *undotted(error.field)), str(error))

    def is_clean(self, path: Path) -> bool:
        """Whether nothing at or below `path` is wrong so far."""
        return not any(problem.path[: len(path)] == path for problem in self.problems)

    def duration(
        self, text: str, path: Path, least: timedelta, most: timedelta, unit: timedelta = MILLISECOND
    ) -> timedelta:
        """A whole number of milliseconds, which is what a digest can tell apart, or of seconds."""
        try:
            return duration(text, "", least, most, unit)
        except Refused as error:
            self.say(path, str(error))
            return least

    def instant(self, text: str, path: Path) -> datetime:
        try:
            return datetime.fromisoformat(text.upper())
        except ValueError:
            self.say(path, f"{text} is not an instant; the calendar has no such day or hour.")
            return datetime.min

    def unique(self, items: list[dict[str, Any]], key: str, path: Path) -> None:
        seen: dict[str, int] = {}
        for index, item in enumerate(items):
            value = item[key]
            if value in seen:
                self.say((*path, index, key), f"{value} stands here again; each {key} is used once.")
            seen[value] = index


def comparison(text: str) -> Comparison:
    """`< 200`, as the schema's pattern has it."""
    operator = text.rstrip("0123456789.- ")
    return Comparison(Op(operator), Decimal(text[len(operator) :].strip()))
