"""How long things took: printed when the tests have ended, and never asserted."""

from __future__ import annotations

import os

import pytest

KEPT = pytest.StashKey[list[str]]()


class Figures:
    def __init__(self, config: pytest.Config) -> None:
        self._kept = config.stash.setdefault(KEPT, [])

    def say(self, what: str, **seconds: float) -> None:
        """`what` was measured, and each of these took so long."""
        said = ", ".join(f"{name.replace('_', ' ')} {took:.1f}" for name, took in seconds.items())
        self._kept.append(f"{what}: {said}")


def report(terminal: pytest.TerminalReporter) -> None:
    if said := terminal.config.stash.get(KEPT, []):
        load = ", ".join(f"{one:.0f}" for one in os.getloadavg())
        terminal.section(f"figures, in seconds; {os.cpu_count()} cores, load {load}")
        for line in said:
            terminal.line(line)
