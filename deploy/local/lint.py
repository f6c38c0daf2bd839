"""`make lint`: every check that reads the code without running the tests; says which ones failed."""

import subprocess
import sys
import time
from pathlib import Path

from .paths import ROOT, VENV
from .say import step, warn

BIN = VENV / "bin"
PYTHON = str(BIN / "python")


def checks() -> dict[str, list[str]]:
    """What is checked -> the command that does it."""
    listed = {
        "ruff check": [PYTHON, "-m", "ruff", "check", "--quiet", "."],
        "ruff format": [PYTHON, "-m", "ruff", "format", "--check", "--quiet", "."],
        "mypy strict": [PYTHON, "-m", "mypy", "--no-error-summary"],
        "import contracts": [str(BIN / "lint-imports"), "--no-logo"],
        "django check": [PYTHON, "manage.py", "check", "--fail-level", "WARNING"],
        "migrations": [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"],
    }
    if any((ROOT / "templates").rglob("*.html")):
        listed["templates"] = [PYTHON, "-m", "djlint", "--lint", "--quiet", "templates"]
    return listed


def lint() -> list[str]:
    """Run every check to its end; returns the names of those that failed, their output shown."""
    failed = []
    for name, command in checks().items():
        began = time.monotonic()
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            step(f"{name}: fine ({time.monotonic() - began:.1f} s)")
            continue
        failed.append(name)
        warn(f"{name} found something ({' '.join([Path(command[0]).name, *command[1:]])}):")
        print((done.stdout + done.stderr).rstrip(), flush=True)
    return failed


def main() -> int:
    """Returns 0 where every check is fine, else 1."""
    failed = lint()
    if failed:
        warn(f"lint: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
