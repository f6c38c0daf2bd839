from collections.abc import Iterator
from typing import Any

import pytest

from tests.rehearsal.api.halting import cluster as cluster
from tests.rehearsal.api.halting import full as full
from tests.rehearsal.api.halting import halt as halt
from tests.rehearsal.api.halting import lame as lame
from tests.support.rehearsal_api import RunningApi, running_api


@pytest.fixture
def api() -> Iterator[RunningApi]:
    with running_api() as running:
        yield running


@pytest.fixture
def admin(api: RunningApi) -> Any:
    """The official client, as administrator."""
    return api.client()
