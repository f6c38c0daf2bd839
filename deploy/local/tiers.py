"""`make test`: the checks, then the tests on SQLite, with processes, browsers and crashes, on PostgreSQL.

Ends with one line per tier; the last lines are pytest's own closing lines.
"""

import contextlib
import os
import re
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from . import chromium, postgres, simulate
from .interrupts import Interrupts
from .lint import lint
from .paths import ROOT, STATE, VENV_PYTHON
from .say import Trouble, step, warn
from .tether import tether

NO_TESTS_COLLECTED = 5
NOT_MARKED = "no test is marked for it"
RAN = re.compile(r"\d+ (passed|failed|error)")
END_WITHIN = 60.0  # seconds
ON_POSTGRES = "not stack and not browser and not cluster and not crash"
FAST = f"not postgres and {ON_POSTGRES}"
SPREAD = ("-n", "auto")
# Each worker brings up a stack of its own: they wait far more than they work, but a file shares its stack.
BY_FILE = ("-n", "4", "--dist", "loadfile")
# A browser keeps a core busy: two at a time, each with a stack of its own.
IN_BROWSERS = ("-n", "2", "--dist", "loadfile")
# A stack for each worker: what was killed is mostly waited for. The next test goes to whoever is free.
CRASHED = ("-n", "4", "--dist", "worksteal")
CLOSING = re.compile(r"^=*\s*(.*\bin \d+(?:\.\d+)?s\b.*?)\s*=*$")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one tier ended, in a line for the summary."""

    tier: str
    fine: bool
    line: str

    @property
    def is_run(self) -> bool:
        """Whether any test ran to its end: where each was skipped, or none is there, pytest fails nothing."""
        return bool(RAN.search(self.line))


def main() -> int:
    """Returns 0 where every tier that could be run is fine, else 1; 130 where it was interrupted."""
    Interrupts()  # SIGTERM too must not leave a server behind
    try:
        return run_all()
    except KeyboardInterrupt:
        warn("the tests were interrupted")
        return 130


def run_all() -> int:
    """Run the tiers one after the other and sum them up. Arguments of the program go to pytest."""
    rest = sys.argv[1:]
    failed = [] if rest else lint()
    outcomes = [] if rest else [Outcome("checks", not failed, ", ".join(failed) or "all fine")]
    outcomes += [
        pytest("SQLite", FAST, {}, [*SPREAD, *rest]),
        pytest("processes, SQLite", "stack", {}, [*BY_FILE, *rest]),
        pytest("browsers", "browser", {}, [*IN_BROWSERS, *rest])
        if chromium.program()
        else Outcome("browsers", True, f"not run: {chromium.MISSING}"),
    ]
    outcomes += [] if rest else [simulated()]
    outcomes += crashes(rest, REPEATS, HEADROOM)
    try:
        with _postgres_url() as url:
            if url:
                environment = {"DATABASE_URL": url}
                outcomes += [
                    pytest("PostgreSQL", ON_POSTGRES, environment, [*SPREAD, *rest]),
                    pytest("processes, PostgreSQL", "stack", environment, [*BY_FILE, *rest]),
                ]
            else:
                outcomes.append(Outcome("PostgreSQL", True, NO_POSTGRES))
    except Trouble as trouble:
        outcomes.append(Outcome("PostgreSQL", False, str(trouble)))
    print()
    for outcome in outcomes:
        print(f"{'fine  ' if outcome.fine else 'FAILED'}  {outcome.tier:<21}  {outcome.line}")
    sys.stdout.flush()
    return 0 if all(outcome.fine for outcome in outcomes) else 1


def simulated() -> Outcome:
    """Schedules that nobody has seen yet, besides those of the tests."""
    step("simulation: hostile schedules with seeds of this commit")
    fine, line = simulate.fresh()
    return Outcome("simulation", fine, line)


REPEATS = 20
"""How often each stop is measured on the way: enough to see that it is slow, and not for a p99."""
HEADROOM = 5.0
"""How many times its goal a figure may be on the way, where others have work for the machine, too."""


def crashes(rest: list[str], repeats: int, headroom: float) -> list[Outcome]:
    """Kill what can be killed, and after that, with nothing beside it, measure how fast a stop is.

    Each stack of theirs brings a PostgreSQL of its own, since it is stopped, too. What is beyond `headroom`
    times its goal fails.
    """
    where = rest or ["tests/crash"]
    measured = {"GAMEDAY_CRASH_REPEATS": str(repeats), "GAMEDAY_CRASH_HEADROOM": f"{headroom:g}"}
    return [
        pytest("crashes", "crash and not alone", measured, [*CRASHED, *where]),
        pytest("latencies", "crash and alone", measured, where),
    ]


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


def pytest(tier: str, marks: str, environment: dict[str, str], options: list[str]) -> Outcome:
    """Run one tier, showing its output as it comes, and keep its closing line."""
    state = STATE / "test"
    state.mkdir(parents=True, exist_ok=True)
    inherited = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    # One seed for all of xdist's processes: they must collect the same tests in the same order.
    seed = os.environ.get("PYTHONHASHSEED") or str(secrets.randbelow(2**32))
    step(f"tests: {tier} (PYTHONHASHSEED={seed})")
    # Unbuffered: a dot is seen when its test has passed.
    known = {"GAMEDAY_STATE_DIR": str(state), "PYTHONHASHSEED": seed, "PYTHONUNBUFFERED": "1"}
    command = [str(VENV_PYTHON), "-m", "pytest", "-q", "-m", marks, *options]
    if sys.stdout.isatty():
        command.append("--color=yes")
    child = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**inherited, **known, **environment},
        stdout=subprocess.PIPE,
        # Its own session: a second Ctrl-C would cut its fixtures' cleaning up short.
        start_new_session=True,
        preexec_fn=tether(signal.SIGINT),
    )
    closing = "pytest said nothing"
    assert child.stdout is not None  # noqa: S101 - a pipe was asked for
    try:
        for raw in child.stdout:
            sys.stdout.buffer.write(raw)
            sys.stdout.flush()
            found = CLOSING.match(COLOUR.sub("", raw.decode(errors="replace")).strip())
            closing = found.group(1) if found else closing
        status = child.wait()
    except KeyboardInterrupt:
        _end(child)
        raise
    if status == NO_TESTS_COLLECTED:
        closing = NOT_MARKED
    return Outcome(tier, status in (0, NO_TESTS_COLLECTED), closing)


def _end(child: subprocess.Popen[bytes]) -> None:
    """Let an interrupted pytest stop what its fixtures started, for a while."""
    child.send_signal(signal.SIGINT)
    try:
        child.wait(timeout=END_WITHIN)
    except subprocess.TimeoutExpired:
        child.kill()


if __name__ == "__main__":
    sys.exit(main())
