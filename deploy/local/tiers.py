"""`make test`: the checks, then the tests on SQLite, on PostgreSQL where it can be had, with real processes.

Ends with one line per tier; the last lines are pytest's own closing lines.
"""

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from . import postgres
from .lint import lint
from .paths import ROOT, STATE, VENV_PYTHON
from .say import Trouble, step

NO_TESTS_COLLECTED = 5
CLOSING = re.compile(r"^=*\s*(.*\bin \d+(?:\.\d+)?s\b.*?)\s*=*$")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one tier ended, in a line for the summary."""

    tier: str
    fine: bool
    line: str


def main() -> int:
    """Returns 0 where every tier that could be run is fine, else 1. Arguments go to pytest."""
    rest = sys.argv[1:]
    failed = [] if rest else lint()
    outcomes = [] if rest else [Outcome("checks", not failed, ", ".join(failed) or "all fine")]
    outcomes.append(_pytest("SQLite", "not postgres and not stack", {}, ["-n", "auto", *rest]))
    try:
        with _postgres_url() as url:
            if url is None:
                outcomes.append(Outcome("PostgreSQL", True, NO_POSTGRES))
            else:
                outcomes.append(
                    _pytest("PostgreSQL", "not stack", {"DATABASE_URL": url}, ["-n", "auto", *rest])
                )
    except Trouble as trouble:
        outcomes.append(Outcome("PostgreSQL", False, str(trouble)))
    outcomes.append(_pytest("processes", "stack", {}, ["-p", "no:xdist", *rest]))
    print()
    for outcome in outcomes:
        print(f"{'fine  ' if outcome.fine else 'FAILED'}  {outcome.tier:<10}  {outcome.line}")
    sys.stdout.flush()
    return 0 if all(outcome.fine for outcome in outcomes) else 1


NO_POSTGRES = "not run: no DATABASE_URL and no PostgreSQL programs here (apt-get install postgresql)"


@contextlib.contextmanager
def _postgres_url() -> Iterator[str | None]:
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith(("postgres://", "postgresql://")):
        yield given
        return
    folder = postgres.programs()
    if folder is None:
        yield None
        return
    step(f"starting a throw-away PostgreSQL from {folder}")
    with postgres.throwaway(folder) as url:
        yield url


def _pytest(tier: str, marks: str, environment: dict[str, str], options: list[str]) -> Outcome:
    """Run one tier, showing its output as it comes, and keep its closing line."""
    step(f"tests: {tier}")
    state = STATE / "test"
    state.mkdir(parents=True, exist_ok=True)
    inherited = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    known = {"GAMEDAY_STATE_DIR": str(state)}
    command = [str(VENV_PYTHON), "-m", "pytest", "-q", "-m", marks, *options]
    if sys.stdout.isatty():
        command.append("--color=yes")
    child = subprocess.Popen(
        command, cwd=ROOT, env={**inherited, **known, **environment}, stdout=subprocess.PIPE
    )
    closing = "pytest said nothing"
    assert child.stdout is not None  # noqa: S101 - a pipe was asked for
    for raw in child.stdout:
        sys.stdout.buffer.write(raw)
        sys.stdout.flush()
        found = CLOSING.match(COLOUR.sub("", raw.decode(errors="replace")).strip())
        closing = found.group(1) if found else closing
    status = child.wait()
    if status == NO_TESTS_COLLECTED:
        closing = "no test is marked for it"
    return Outcome(tier, status in (0, NO_TESTS_COLLECTED), closing)


if __name__ == "__main__":
    sys.exit(main())
