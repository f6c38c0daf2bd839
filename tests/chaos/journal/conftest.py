from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from chaos.journal import triggers
from chaos.journal.record import append

AT = datetime(2026, 3, 5, 9, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture(autouse=True)
def state_dir(tmp_path: Path, settings: Any) -> Path:
    settings.STATE_DIR = tmp_path
    return tmp_path


@pytest.fixture
def recorded() -> Callable[..., None]:
    """Five entries in the plan's stream."""

    def record(stream: str = "plan:payments", count: int = 5) -> None:
        for number in range(1, count + 1):
            append(
                stream,
                "note",
                f"Note {number}.",
                at=AT + timedelta(seconds=number),
                actor="ada",
                body={"n": number},
            )

    return record


@contextmanager
def guards_dropped() -> Iterator[Any]:
    """What the owner of a database can do: the guards away, and a cursor; the guards are put back."""
    connection.check_constraints()  # PostgreSQL alters no table with deferred checks pending
    triggers.remove(connection)
    with connection.cursor() as cursor:
        yield cursor
    connection.check_constraints()
    triggers.install(connection)
