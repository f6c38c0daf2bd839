"""`python -m tests.simulation`: hostile schedules over the production code, and a table of what was found."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gameday.settings")
django.setup()  # as far as the production modules need it to be imported; memory is the default store

from django.test.utils import override_settings  # noqa: E402

from tests.simulation.database import own_database, simulate_in_both  # noqa: E402
from tests.simulation.on_the_api.litmus import simulate_litmus  # noqa: E402
from tests.simulation.on_the_api.rules import ALL_RULES, without  # noqa: E402
from tests.simulation.report import run_many, run_some  # noqa: E402
from tests.simulation.schedule import simulate  # noqa: E402

SHOWN = 20
PLAYS = {"simulated": simulate, "litmus": simulate_litmus}
"""By the name of the adapter."""
HOWS = {
    "simulated": ("", "failed_seeds.txt"),
    "litmus": (" ADAPTER=litmus", "on_the_api/failed_seeds.txt"),
}


def main() -> int:
    """Returns 0 where nothing was found, 1 where a seed failed."""
    parser = _parser()
    asked = parser.parse_args()
    if asked.store == "database" and asked.adapter != "simulated":
        parser.error(
            "the database is compared with memory by the simulated adapter alone: leave one of them out"
        )
    if asked.seed is not None:
        return _replay(asked.seed, asked.trace, asked.without, asked.adapter)
    seconds = float(asked.within.rstrip("s")) if asked.within else None
    if asked.store == "database":
        with own_database(), TemporaryDirectory() as folder, override_settings(STATE_DIR=Path(folder)):
            began = time.monotonic()
            table = run_some(range(asked.first, asked.first + asked.seeds), asked.without, simulate_in_both)
            took = time.monotonic() - began
    else:
        table, took = run_many(
            asked.first, asked.seeds, asked.jobs, seconds, asked.without, PLAYS[asked.adapter]
        )
    print("\n".join(table.lines(took)))
    for number, (seed, found) in enumerate(sorted(table.failed.items())):
        if number == 0:
            _replay(seed, True, asked.without, asked.adapter)
        elif number < SHOWN:
            print(f"seed {seed}: {'; '.join(found)}")
    if table.failed:
        seeds = ", ".join(map(str, sorted(table.failed)[:SHOWN]))
        print(f"{len(table.failed)} of {table.schedules} seeds failed: {seeds}.")
        how = "" if asked.adapter == "simulated" else f" ADAPTER={asked.adapter}"
        print(
            f"Replay one with its trace: make simulate SEED=N{how}. Mended, it belongs into failed_seeds.txt."
        )
    return 1 if table.failed else 0


def _replay(seed: int, keeps_trace: bool, rule: str, adapter: str) -> int:
    with without(rule):
        outcome = PLAYS[adapter](seed, keeps_trace)
    print(f"\nseed {seed}:")
    print("\n".join(outcome.trace))
    print("\n".join(f"FOUND  {text}" for text in outcome.verdict.failures) or "Nothing was found.")
    return 1 if outcome.verdict.failures else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1000, help="how many schedules")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--seed", type=int, help="replay this one alone")
    parser.add_argument("--trace", action="store_true", help="and print all that happened in it")
    parser.add_argument("--jobs", type=int, default=2, help="processes to run them in")
    parser.add_argument("--for", dest="within", default="", help="stop after so long, as in 120s")
    parser.add_argument(
        "--store", default="memory", choices=["memory", "database"], help="database: that, beside memory"
    )
    parser.add_argument(
        "--adapter",
        default="simulated",
        choices=sorted(PLAYS),
        help="litmus: the real one, over a simulated Kubernetes API",
    )
    parser.add_argument("--without", default="", choices=["", *ALL_RULES], help="switch this rule off")
    return parser


if __name__ == "__main__":
    sys.exit(main())
