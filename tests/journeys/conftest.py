"""One house for all journeys: the product with its cluster, in processes of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from deploy.local import cast
from deploy.local.script import read
from tests.journeys.database import own_database
from tests.journeys.house import House

INTRODUCTIONS = cast.introductions(read(cast.SAMPLE))


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The cluster and the database alone: enough for everything that is refused before it is launched."""
    with own_database() as database_url:
        house = House(tmp_path_factory.mktemp("house"), database_url)
        try:
            house.start("rehearsal")
            cluster = ["cluster", "add", "rehearsal", *house.registration, "--as", "ada"]
            said = house.several(["migrate", "--verbosity", "0"], *INTRODUCTIONS, cluster)
            assert said.status == 0, said.told
            yield house
        finally:
            house.close()


@pytest.fixture
def house(desk: House, request: pytest.FixtureRequest) -> Iterator[House]:
    """Everything is up and at ease; what a journey has broken is put in order after it."""
    failures = request.session.testsfailed
    desk.put_in_order()
    yield desk
    if request.session.testsfailed > failures:
        desk.halt_and_release()
    desk.put_in_order()
