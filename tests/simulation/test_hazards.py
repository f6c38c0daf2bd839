"""What is to go wrong does go wrong: a mishap that is never drawn would prove nothing."""

from __future__ import annotations

import pytest

from tests.simulation import ladder
from tests.simulation.levers import WAYS
from tests.simulation.report import run_some
from tests.simulation.schedule import simulate
from tests.simulation.table import Table

SEEDS = range(1000, 1250)
MISHAPS = (
    # processes
    "a process killed",
    "a process frozen",
    "a process frozen past its lease",
    "a start hit: kill",
    "a start hit: freeze",
    "a start hit: freeze on the wire",
    "a start hit: late",
    "a start hit: again",
    "a start hit: slow intent",
    "a clock jumped",
    # the API server
    "a call refused",
    "a call lost",
    "a call slow",
    "a call unanswered",
    "a call late",
    "a call doubled",
    "a call again",
    "cut off",
    "all of Gameday cut off",
    "the API server away",
    "rights revoked",
    # the database and the broker
    "the store away",
    "a write refused",
    "a write unanswered",
    "a write slow",
    "a task lost",
    "a task doubled",
    # Prometheus
    "Prometheus lying",
    "Prometheus dead",
    # the driver itself, and the watchdog
    "a loop hung",
    "grant or lever unread by the watchdog",
    # Litmus and the cluster
    "a helper killed",
    "a helper lying",
    "the operator away",
    "a finalizer stuck",
    "an eviction refused",
    "a target gone",
    "a node replaced",
    # people
    "a halt by labels",
    *[f"a lever pulled: {way}" for way in WAYS],
    "a lever released",
    # another installation
    "a neighbour there first",
    "a neighbour took the grant",
    "a neighbour kept waiting",
    "a neighbour fell silent",
)
ON_THE_WAY = ("no garbage collector", "a stage climbed")
"""Needs two rare things at once."""


@pytest.fixture(scope="module")
def table() -> Table:
    return run_some(SEEDS)


@pytest.mark.parametrize("mishap", MISHAPS)
def test_this_befalls_some_schedules(table: Table, mishap: str) -> None:
    assert table.met[mishap] > 0


def test_every_mishap_is_named_here(table: Table) -> None:
    assert set(table.met) <= {*MISHAPS, *ON_THE_WAY}


def test_a_ladder_is_climbed_in_some_schedules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ladder, "OFTEN", 1.0)
    assert any(simulate(seed).met["a stage climbed"] for seed in range(200))


def test_some_schedules_come_to_their_end_and_some_are_stopped(table: Table) -> None:
    assert {"completed", "aborted", "failed"} <= set(table.states)
    assert table.injected > len(SEEDS) * 0.4, "what injects nothing proves little"
