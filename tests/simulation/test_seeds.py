"""Hostile schedules over the production code: nothing is left behind, nothing is said that is not so."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import ROOT
from tests.simulation.report import run_some
from tests.simulation.schedule import simulate

FAILED_ONCE = Path(__file__).with_name("failed_seeds.txt")


def _seeds_that_failed() -> list[int]:
    lines = (line.partition("#")[0].strip() for line in FAILED_ONCE.read_text().splitlines())
    return [int(line) for line in lines if line]


@pytest.mark.parametrize("first", range(0, 150, 50))
def test_nothing_is_left_behind_and_no_claim_is_false_whatever_dies(first: int) -> None:
    table = run_some(range(first, first + 50))
    assert table.failed == {}
    assert table.injected > 5, "schedules in which nothing is injected prove nothing"


@pytest.mark.parametrize("seed", _seeds_that_failed())
def test_what_failed_once_does_not_fail_again(seed: int) -> None:
    assert simulate(seed).verdict.failures == []


def test_the_same_seed_is_the_same_schedule_in_every_process() -> None:
    """Else a failing seed could not be replayed."""
    command = [sys.executable, "-m", "tests.simulation", "--seed", "7", "--trace"]
    traces = {
        subprocess.run(
            command, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": salt}, capture_output=True, check=True
        ).stdout
        for salt in ("1", "2")
    }
    assert len(traces) == 1
    assert len(traces.pop().splitlines()) > 20
