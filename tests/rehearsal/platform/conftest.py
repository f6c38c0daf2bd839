import pytest

from tests.rehearsal.platform.bench import Bench


@pytest.fixture
def bench() -> Bench:
    return Bench()
