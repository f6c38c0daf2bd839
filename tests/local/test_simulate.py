"""The minutes of schedules that `make test` spends: each commit has its own, and always the same."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest

from deploy.local import simulate
from deploy.local.simulate import first_seed, fresh


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands that were run; the simulation finds something unless it begins at commit 0."""
    commands: list[list[str]] = []

    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        commands.append(list(command))
        return subprocess.CompletedProcess(command, int("--for" in command and COMMIT != "0" * 40), COMMIT)

    monkeypatch.setattr(simulate.subprocess, "run", run)
    return commands


COMMIT = "c0ffee" + "0" * 34


def test_each_commit_has_seeds_of_its_own_and_always_the_same() -> None:
    assert first_seed("a" * 40) == first_seed("a" * 40) != first_seed("b" * 40)
    assert first_seed("") >= 10_000_000, "nobody else's seeds"


def test_a_failure_is_said_with_the_command_that_finds_it_again(asked: list[list[str]]) -> None:
    fine, line = fresh({"litmus": 7})
    first = str(first_seed(COMMIT))
    assert not fine
    how = ["--adapter", "litmus", "--first", first, "--for", "7s"]
    assert line.endswith(f"again: python -m tests.simulation {' '.join(how)} (status 1)")
    assert asked[-1][-8:] == [*how, "--seeds", "1000000"]


def test_each_adapter_has_a_time_of_its_own(asked: list[list[str]]) -> None:
    fresh({"simulated": 9, "litmus": 7})
    simulations = [command for command in asked if "--adapter" in command]
    assert [(command[command.index("--adapter") + 1], command[-3]) for command in simulations] == [
        ("simulated", "9s"),
        ("litmus", "7s"),
    ]


def test_where_nothing_was_found_it_says_so(asked: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.local.test_simulate.COMMIT", "0" * 40)
    assert fresh({"simulated": 7}) == (True, "seeds from 10000000 on, nothing was found")
