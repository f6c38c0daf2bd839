"""One house for the tests of a file that are run together, on a PostgreSQL of its own."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator

import pytest

from deploy.local import postgres
from tests.crash.house import Wrecked
from tests.journeys.database import own_database

ON_SQLITE = "no PostgreSQL programs here (apt-get install postgresql): the crashes are tried on SQLite alone"


@contextlib.contextmanager
def _database() -> Iterator[tuple[postgres.Server | None, str]]:
    folder = postgres.programs()
    if folder is not None:
        with postgres.server(folder) as server:
            yield server, ""
        return
    with own_database() as url:  # somebody else's server, which is not ours to stop
        if not url:
            warnings.warn(ON_SQLITE, stacklevel=1)
        yield None, url


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wrecked]:
    with _database() as (server, url):
        house = Wrecked(tmp_path_factory.mktemp("house"), server, url)
        try:
            house.settle()
            yield house
        finally:
            house.close()


@pytest.fixture
def house(desk: Wrecked, request: pytest.FixtureRequest) -> Iterator[Wrecked]:
    """Everything is up and at ease; what was broken is put in order after it."""
    for _ in desk.at_ease(request.session):
        yield desk
