"""One house for all journeys: the product with its cluster, in processes of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.journeys.house import House
from tests.journeys.opening import opened


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The cluster and the database alone: enough for everything that is refused before it is launched."""
    with opened(tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest.fixture
def house(desk: House, request: pytest.FixtureRequest) -> Iterator[House]:
    """Everything is up and at ease; what a journey has broken is put in order after it."""
    yield from desk.at_ease(request.session)
