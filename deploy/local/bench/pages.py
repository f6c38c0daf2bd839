"""`make bench-pages`: what each page costs the server, on a database of 200 plans and 1,000,000 events.

The database is grown once into .state/bench-pages and kept. Pages are asked in this process, middleware,
database and templates included, network and browser not. Prints milliseconds and queries for each page.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from typing import Any

from ..paths import ROOT, STATE
from ..say import step
from ..stack import PYTHON
from .grow import database

FOLDER = STATE / "bench-pages"
TARGET = 100.0
"""Milliseconds at p95, for every page."""


def main() -> int:
    """Returns 0 where every page keeps the target at p95, else 1."""
    parser = argparse.ArgumentParser(prog="make bench-pages")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--measure", action="store_true")
    asked = parser.parse_args()
    if asked.measure:
        return _measure(asked.rounds)
    FOLDER.mkdir(parents=True, exist_ok=True)
    environment = _environment()
    if not (FOLDER / "grown").exists():
        (FOLDER / "grown.sqlite3").unlink(missing_ok=True)
        step(
            "growing a database of 200 plans, 5,000 runs and 1,000,000 events; this takes some minutes, once"
        )
        command = [PYTHON, "-m", "deploy.local.bench.grow"]
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
        (FOLDER / "grown").touch()
    subprocess.run(
        [PYTHON, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, env=environment, check=True
    )
    command = [PYTHON, "-m", "deploy.local.bench.pages", "--measure", "--rounds", str(asked.rounds)]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def _environment() -> dict[str, str]:
    given = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    ours = {
        "DATABASE_URL": database(FOLDER),
        "GAMEDAY_STATE_DIR": str(FOLDER),
        "DJANGO_SETTINGS_MODULE": "gameday.settings",
        "GAMEDAY_PLAIN_HTTP": "true",
        "ALLOWED_HOSTS": "testserver",
    }
    return {**given, **ours}


def _measure(rounds: int) -> int:
    import django

    django.setup()
    from django.db import connection
    from django.test import Client

    from gameday.people.models import User

    client, slow = Client(), []
    print(f"{'page':<34}{'p50 ms':>9}{'p95 ms':>9}{'queries':>9}")
    for user, address in _pages():
        client.force_login(
            User.objects.get(username=user), backend="django.contrib.auth.backends.ModelBackend"
        )
        asked = Asked()
        with connection.execute_wrapper(asked):
            answer: Any = client.get(address)
        if answer.status_code != 200:
            print(f"{address:<34}answered {answer.status_code}")
            slow.append(address)
            continue
        times = []
        for _ in range(rounds):
            began = time.perf_counter()
            client.get(address)
            times.append((time.perf_counter() - began) * 1000)
        p95 = statistics.quantiles(times, n=20)[-1]
        print(f"{address[:33]:<34}{statistics.median(times):>9.1f}{p95:>9.1f}{asked.count:>9}", flush=True)
        slow += [address] if p95 > TARGET else []
    print(
        f"{len(slow)} of the pages miss {TARGET:g} ms at p95." if slow else f"Every page keeps {TARGET:g} ms."
    )
    return 1 if slow else 0


class Asked:
    """Counts the statements that a request sends to the database."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        self.count += 1
        return execute(sql, params, many, context)


def _pages() -> list[tuple[str, str]]:
    """A person for each page, on a plan that was held and on one that lies ahead."""
    from chaos.services import queries
    from gameday.plans.models import Plan

    held, ahead = Plan.objects.order_by("opens_at").first(), Plan.objects.order_by("opens_at").last()
    if held is None or ahead is None:
        raise SystemExit("The database is empty.")
    run = next(iter(queries.newest_of_each(held.stream).values())).run
    return [
        ("petra", "/"),
        ("petra", "/plans/"),
        ("petra", "/plans/?page=5"),
        ("petra", f"/plans/{held.slug}/"),
        ("petra", f"/plans/{ahead.slug}/"),
        ("petra", f"/plans/{ahead.slug}/edit"),
        ("petra", "/faults/"),
        ("anders", f"/plans/{ahead.slug}/approval"),
        ("anders", f"/plans/{held.slug}/approval"),
        ("fiona", f"/plans/{held.slug}/day"),
        ("fiona", f"/plans/{ahead.slug}/day"),
        ("fiona", f"/runs/{run}/"),
        ("fiona", f"/plans/{held.slug}/debrief"),
        ("fiona", "/actions/"),
        ("ada", "/settings/clusters/"),
        ("ada", "/settings/people/"),
    ]


if __name__ == "__main__":
    sys.exit(main())
