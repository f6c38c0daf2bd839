"""One house for the tests of a file that are run together, on a PostgreSQL of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.crash.figures import Latencies, table
from tests.crash.house import Wrecked
from tests.crash.opening import opened


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wrecked]:
    with opened(tmp_path_factory.mktemp("house")) as house:
        yield house


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
