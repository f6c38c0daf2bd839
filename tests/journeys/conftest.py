"""One house for all journeys: the product with its cluster, in processes of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.journeys.database import own_database
from tests.journeys.house import House


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The cluster and the database alone: enough for everything that is refused before it is launched."""
    with own_database() as database_url:
        house = House(tmp_path_factory.mktemp("house"), database_url)
        try:
            house.settle()
            yield house
        finally:
            house.close()


@pytest.fixture
def house(desk: House, request: pytest.FixtureRequest) -> Iterator[House]:
    """Everything is up and at ease; what a journey has broken is put in order after it."""
    yield from desk.at_ease(request.session)
