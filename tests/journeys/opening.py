"""A house that is opened and closed: on the rehearsal cluster, or beside a real one."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from tests.journeys.database import own_database
from tests.journeys.house import House


@contextlib.contextmanager
def opened(folder: Path, beside: Path | None = None) -> Iterator[House]:
    """With its cluster up, and a database of its own that knows people and cluster; nothing else runs yet."""
    with own_database() as database_url:
        house = House(folder, database_url, beside)
        try:
            house.settle()
            yield house
        finally:
            house.close()
