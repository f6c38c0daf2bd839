"""`make simulate`: hostile schedules over the production code. They are the tests' own (tests/simulation)."""

import os
import sys

from .paths import ROOT, VENV_PYTHON


def main() -> int:
    """Becomes the simulation; its status is 1 where a seed failed."""
    os.chdir(ROOT)
    python = str(VENV_PYTHON)
    os.execv(python, [python, "-m", "tests.simulation", *sys.argv[1:]])  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    sys.exit(main())
