"""The practice cluster for the watchdog: ten times as fast as the real one, whole again after each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.adapters.faults.conftest import drill  # noqa: F401 - leaves no fault behind
from tests.adapters.practice import Practice, practising


@pytest.fixture(scope="module")
def practice_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    with practising(tmp_path_factory.mktemp("practice"), times_faster=10) as practice:
        yield practice


@pytest.fixture
def practice(practice_process: Practice) -> Iterator[Practice]:
    yield practice_process
    practice_process.cluster().release_lever()
