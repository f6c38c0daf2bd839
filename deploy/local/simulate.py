"""`make simulate`: hostile schedules over the production code. They are the tests' own (tests/simulation)."""

import os
import subprocess
import sys
from collections.abc import Mapping

from .paths import ROOT, VENV_PYTHON

PROGRAM = (str(VENV_PYTHON), "-m", "tests.simulation")
SECONDS = {"simulated": 120, "litmus": 45}
"""By the adapter, each for so long."""
MANY = 1_000_000
"""More than go into any time that is given to them."""


def main() -> int:
    """Becomes the simulation; its status is 1 where a seed failed."""
    os.chdir(ROOT)
    os.execv(PROGRAM[0], [*PROGRAM, *sys.argv[1:]])  # noqa: S606 - no shell is wanted


def fresh(seconds: Mapping[str, int] = SECONDS) -> tuple[bool, str]:
    """As many schedules as go into so many seconds: whether nothing was found, and a line that says it.

    Each commit has seeds of its own, and always the same: whoever checks it out finds what was found.
    """
    first = first_seed(_commit())
    failed = [again for adapter, most in seconds.items() if (again := _failed(adapter, first, most))]
    if failed:
        return False, f"seeds from {first} on; again: {'; '.join(failed)}"
    return True, f"seeds from {first} on, nothing was found"


def _failed(adapter: str, first: int, seconds: int) -> str:
    """How to see again what was found; nothing where nothing was."""
    print(f"seeds from {first} on, adapter {adapter}, for {seconds} s", flush=True)
    within = ["--adapter", adapter, "--first", str(first), "--for", f"{seconds}s"]
    status = subprocess.run([*PROGRAM, *within, "--seeds", str(MANY)], cwd=ROOT, check=False).returncode
    return f"python -m tests.simulation {' '.join(within)} (status {status})" if status else ""


def first_seed(commit: str) -> int:
    """Far from the seeds that every run of the tests goes through."""
    return 10_000_000 + int(commit[:10] or "0", 16) % 1_000_000_000


def _commit() -> str:
    """Empty outside of a checkout, where nothing is to be replayed by commit either."""
    asked = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return asked.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
