"""The same schedules over the store of production: what befalls is the same, and so is what is found."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulation.database import simulate_in_both

pytestmark = pytest.mark.django_db
A_BATCH = 5


@pytest.fixture(autouse=True)
def state_dir(tmp_path: Any, settings: Any) -> None:
    settings.STATE_DIR = tmp_path


@pytest.mark.parametrize("first", range(0, 20, A_BATCH))
def test_a_schedule_is_the_same_to_the_last_line_wherever_its_run_is_kept(first: int) -> None:
    """Some hundreds of them: make simulate STORE=database."""
    found = {seed: simulate_in_both(seed).verdict.failures for seed in range(first, first + A_BATCH)}
    assert not any(found.values()), found
