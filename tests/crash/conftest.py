"""One house for the tests of a file that are run together, on a PostgreSQL of its own."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from deploy.local import postgres
from tests.crash.figures import Latencies, table
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


@pytest.fixture
def latencies(request: pytest.FixtureRequest) -> Latencies:
    return Latencies(request)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    reports = [one for kind in ("passed", "failed") for one in terminalreporter.stats.get(kind, ())]
    lines = table(kept for report in reports for kept in getattr(report, "user_properties", ()))
    if lines:
        terminalreporter.section("latencies")
        terminalreporter.write_line("\n".join(lines))
