import pytest

from tests.gameday.cast import gather, imported


@pytest.fixture
def house(db):
    """Everybody, and the cluster."""
    gather()


@pytest.fixture
def plan(house):
    """The small plan, stored by Petra."""
    return imported()
