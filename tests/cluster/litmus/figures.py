"""How long things took: printed when the tests have ended, and never asserted."""

from __future__ import annotations

import os

import pytest

KEY = "figure"


class Figures:
    """Kept with the test's own report, so that they come back from whichever process ran it."""

    def __init__(self, test: pytest.Item) -> None:
        self._test = test

    def say(self, what: str, **seconds: float) -> None:
        """`what` was measured, and each of these took so long."""
        said = ", ".join(f"{name.replace('_', ' ')} {took:.1f}" for name, took in seconds.items())
        self._test.user_properties.append((KEY, f"{what}: {said}"))


def report(terminal: pytest.TerminalReporter) -> None:
    passed = [one for one in terminal.stats.get("passed", []) if one.when == "call"]
    said = [str(text) for test in passed for key, text in test.user_properties if key == KEY]
    if said:
        load = ", ".join(f"{one:.0f}" for one in os.getloadavg())
        terminal.section(f"figures, in seconds; {os.cpu_count()} cores, load {load}")
        for line in said:
            terminal.line(line)
