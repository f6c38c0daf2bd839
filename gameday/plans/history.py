"""The versions of a plan, read from its journal: each entry holds the whole text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet

from chaos.journal import queries
from chaos.journal.models import JournalEntry
from gameday.plans.models import Plan
from gameday.plans.yaml_reader import read


@dataclass(frozen=True, slots=True)
class Version:
    """`voids` approvals of the version before it: its digest is another."""

    number: int
    at: datetime
    by: str
    digest: str
    voids: bool


def versions(plan: Plan, most: int = 50) -> list[Version]:
    """The newest first."""
    columns = ("body__version", "at", "actor_name", "actor", "body__digest")
    rows = list(_entries(plan).order_by("-seq").values_list(*columns)[: most + 1])
    older = [row[-1] for row in rows[1:]] + [None]
    found = [
        Version(number, at, name or username, digest, before is not None and digest != before)
        for (number, at, name, username, digest), before in zip(rows, older, strict=True)
    ]
    return found[:most]


def text_of(plan: Plan, version: int) -> str:
    """The YAML of one version; empty when there is no such version."""
    found = _entries(plan).filter(body__version=version).order_by("-seq").values_list("body__plan", flat=True)
    return str(found.first() or "")


def version_of(plan: Plan, digest: str) -> int | None:
    """The newest version with that digest; None where the journal has none."""
    found = _entries(plan).filter(body__digest=digest).order_by("-seq")
    return found.values_list("body__version", flat=True).first()


def document_of(plan: Plan, version: int) -> Mapping[str, Any]:
    """One version as data; empty when there is no such version."""
    return parsed(text_of(plan, version))


@lru_cache(maxsize=64)
def parsed(text: str) -> Mapping[str, Any]:
    """A text of the journal as data; empty for none. Nobody writes into it: it is kept."""
    return read(text.encode()).document if text else {}


def _entries(plan: Plan) -> QuerySet[JournalEntry]:
    return queries.entries(plan.stream).filter(kind="plan.imported")
