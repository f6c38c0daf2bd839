"""A wrecked house that is opened and closed, on a PostgreSQL of its own where there is one."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator
from pathlib import Path

from deploy.local import postgres
from tests.crash.house import Wrecked
from tests.journeys.database import own_database

ON_SQLITE = "no PostgreSQL programs here (apt-get install postgresql): the crashes are tried on SQLite alone"


@contextlib.contextmanager
def a_database() -> Iterator[tuple[postgres.Server | None, str]]:
    folder = postgres.programs()
    if folder is not None:
        with postgres.server(folder) as server:
            yield server, ""
        return
    with own_database() as url:  # somebody else's server, which is not ours to stop
        if not url:
            warnings.warn(ON_SQLITE, stacklevel=1)
        yield None, url


@contextlib.contextmanager
def opened(folder: Path, beside: Path | None = None) -> Iterator[Wrecked]:
    """On the practice cluster, or beside a real one; it knows its people and the cluster."""
    with a_database() as (server, url):
        house = Wrecked(folder, server, url, beside)
        try:
            house.settle()
            yield house
        finally:
            house.close()
