"""`make test-crash`: the product's processes are killed for real; then it is measured how fast a stop is."""

import argparse
import sys

from . import postgres, tiers
from .interrupts import Interrupts
from .say import step, warn


def main() -> int:
    """Returns 0 where nothing was left behind and every figure is within reach of its goal, 1 where not."""
    parser = argparse.ArgumentParser(prog="make test-crash")
    parser.add_argument("--repeats", type=int, default=100, help="of each stop that is measured")
    options, rest = parser.parse_known_args()
    Interrupts()
    if postgres.programs() is None:
        warn("no PostgreSQL programs here (apt-get install postgresql): on SQLite, and nothing is measured")
    try:
        outcomes = tiers.crashes(rest, options.repeats)
    except KeyboardInterrupt:
        warn("the tests were interrupted")
        return 130
    for outcome in outcomes:
        step(f"{outcome.tier}: {outcome.line}")
    return 0 if all(outcome.fine for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
