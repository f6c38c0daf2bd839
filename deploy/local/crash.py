"""`make test-crash`: the product's processes are killed for real; then it is measured how fast a stop is."""

import argparse
import sys

from . import postgres, tiers
from .interrupts import Interrupts
from .say import warn

NOT_RUN = 3


def main() -> int:
    """Returns 0 where nothing was left behind and every figure meets its goal, 1 where not, 3 where that was
    not looked at, 130 where interrupted."""
    parser = argparse.ArgumentParser(prog="make test-crash")
    parser.add_argument("--repeats", type=int, default=100, help="of each stop that is measured")
    parser.add_argument("--headroom", type=float, default=1.0, help="times its goal that a figure may be")
    options, rest = parser.parse_known_args()
    Interrupts()
    if postgres.programs() is None:
        warn("no PostgreSQL programs here (apt-get install postgresql): on SQLite, and nothing is measured")
    try:
        outcomes = tiers.crashes(rest, options.repeats, options.headroom)
    except KeyboardInterrupt:
        warn("the tests were interrupted")
        return 130
    missing = _missing(outcomes, bool(rest))
    print()
    for outcome in outcomes:
        how = "FAILED " if not outcome.fine else "NOT RUN" if outcome in missing else "fine   "
        print(f"{how}  {outcome.tier:<20}  {outcome.line}")
    if missing:
        print("NOT RUN: nothing of it counts as passed")
    sys.stdout.flush()
    if not all(outcome.fine for outcome in outcomes):
        return 1
    return NOT_RUN if missing else 0


def _missing(outcomes: list[tiers.Outcome], is_narrowed: bool) -> list[tiers.Outcome]:
    """What counts as not looked at. Who named the tests may have meant those of one tier alone."""
    idle = [outcome for outcome in outcomes if not outcome.is_run]
    if is_narrowed and len(idle) < len(outcomes):
        return [outcome for outcome in idle if outcome.line != tiers.NOT_MARKED]
    return idle


if __name__ == "__main__":
    sys.exit(main())
