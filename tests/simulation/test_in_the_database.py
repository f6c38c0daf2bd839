"""The same schedules over the store of production: what befalls is the same, and so is what is found."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from tests.simulation.database import InTheDatabase, simulate_in_both, taken_back
from tests.simulation.rules import RULES, without
from tests.simulation.schedule import simulate

pytestmark = pytest.mark.django_db
A_BATCH = 5
WITHIN = 500
A_HUNDRED = range(0, 100, A_BATCH)
SEEDS_FROM = {"sqlite": 0, "postgresql": 100}
"""Each database has a hundred of its own."""


@pytest.fixture(autouse=True)
def state_dir(tmp_path: Any, settings: Any) -> None:
    settings.STATE_DIR = tmp_path


@pytest.mark.parametrize("batch", A_HUNDRED)
def test_a_schedule_is_the_same_to_the_last_line_wherever_its_run_is_kept(batch: int) -> None:
    """More of them: make simulate STORE=database SEEDS=1000."""
    first = SEEDS_FROM[connection.vendor] + batch
    found = {seed: simulate_in_both(seed).verdict.failures for seed in range(first, first + A_BATCH)}
    assert not any(found.values()), found


def test_a_schedule_that_differed_once_does_not_any_more() -> None:
    """The write of a ladder's next rung was taken, its answer lost, and it could not be written again."""
    assert not simulate_in_both(30145).verdict.failures


@pytest.mark.parametrize("rule", ["fence", "stop-first", "lever-on-record", "latch"])
def test_a_rule_of_the_store_is_missed_in_the_database_too(rule: str) -> None:
    """By a schedule that misses it in memory: to look for one in the database would take too long."""
    with without(rule):
        found = (seed for seed in range(WITHIN) if simulate(seed).verdict.failures)
        with taken_back():
            assert simulate(next(found), keep=InTheDatabase).verdict.failures, RULES[rule].says
