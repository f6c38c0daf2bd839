"""A database grown large from the recorded day: many plans, many runs, many events, all of them sound.

`python -m deploy.local.bench.grow --plans 200 --runs 5000 --events 1000000` fills the database of this
environment, which should be an empty one of its own. People are taken from the sample's script.
"""

from __future__ import annotations

import argparse
import sys
import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import django

from .. import cast, recording
from ..loading import PLAN
from ..practice_data import RECORDING
from ..say import step

A_WEEK = timedelta(days=7)
AHEAD = 12
"""So many of the plans lie ahead; the others were held, a week apart."""
AT_ONCE = 2000
A_NOTE_IN = 10
"""So many of the lines that fill a run up are one note and other lines."""


def main() -> int:
    """Returns 0."""
    parser = argparse.ArgumentParser(prog="grow")
    for name, usual in (("plans", 200), ("runs", 5000), ("events", 1_000_000)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    asked = parser.parse_args()
    django.setup()
    grow(asked.plans, asked.runs, asked.events)
    return 0


def grow(plans: int, runs: int, events: int) -> None:
    """Runs and events are spread evenly over the plans."""
    from django.core.management import call_command
    from django.db import transaction

    call_command("migrate", verbosity=0)
    _people()
    text = recording.read(RECORDING)
    real, now = recording.began(text), datetime.now(UTC)
    for number in range(plans):
        then = now + A_WEEK * (number - plans + AHEAD) + timedelta(hours=1)
        slug = f"day-{number:04}"
        window = {
            "opens": f"{then - timedelta(hours=2):%Y-%m-%dT%H:%M:%SZ}",
            "closes": f"{then + timedelta(hours=4):%Y-%m-%dT%H:%M:%SZ}",
        }
        title = f"Payments platform game day {number}"
        day = recording.moved(text, then - real, slug, plan=slug, title=title, window=window)
        with transaction.atomic():
            _plan(day, runs // plans, events // plans)
        if number % 20 == 19:
            step(f"{number + 1} of {plans} plans")


def _people() -> None:
    """Everybody of the sample, and a cluster that is never asked."""
    from chaos.domain import codec
    from chaos.domain.targets import Limits
    from chaos.models import Cluster
    from gameday.people.services import add_person, person

    script = cast.script_for(PLAN, cast.opened(PLAN))
    chief = script.administrator
    for one in sorted(script.people, key=lambda one: one.user != chief):
        by = None if one.user == chief else person(chief)
        add_person(one.user, one.name, one.team, one.roles, by)
    Cluster.objects.get_or_create(
        name="rehearsal",
        defaults={
            "uid": "grown", "environment": "rehearsal", "server": "http://127.0.0.1:1",
            "prometheus_url": "http://127.0.0.1:2", "limits": codec.to_plain(Limits(max_percent=50)),
        },
    )  # fmt: skip


def _plan(day: dict[str, Any], runs: int, events: int) -> None:
    from chaos.models import Cluster
    from gameday.plans.compile import compile_plan

    spec, cluster = compile_plan(day["plan"]), Cluster.objects.get(name="rehearsal")
    plan = recording.store_plan(day, spec, cluster)
    made = []
    for number, run in enumerate(islice(cycle(day["runs"]), runs)):
        fresh = {**run, "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{spec.slug}/{number}"))}
        recording.store_run(fresh, plan.stream, spec.digest, cluster)
        made.append((run["id"], fresh))
    _events(plan.stream, list(islice(_entries(day, made, events), events)))


def _entries(day: dict[str, Any], made: list[tuple[str, Any]], events: int) -> Iterator[Mapping[str, Any]]:
    """The plan's own, then each run's as it was recorded, filled up with lines until there are enough."""
    yield from (entry for entry in day["entries"] if not entry["run"])
    each = events // max(len(made), 1)
    for recorded, run in made:
        own = [{**entry, "run": run["id"]} for entry in day["entries"] if entry["run"] == recorded]
        said = {"kind": "note", "actor": "sam", "actor_name": "Sam Whitaker"}
        seen = {"kind": "run.act_failed", "actor": "", "actor_name": ""}
        more = {**own[0], "audience": "everyone", "body": {}}
        yield from own
        for number in range(each - len(own)):
            who = seen if number % A_NOTE_IN else said
            yield {**more, **who, "text": f"Line {number} of many."}


def _events(stream: str, rows: list[Mapping[str, Any]]) -> None:
    """A chain as `append` makes it, in few statements: the head first, since heads only move forward."""
    from chaos.domain import codec
    from chaos.journal.chain import GENESIS, hash_of
    from chaos.journal.models import JournalEntry, JournalStream

    recorded_at, made, last = datetime.now(UTC), [], GENESIS
    for seq, row in enumerate(rows, start=1):
        at = datetime.fromisoformat(row["at"])
        full = {
            "v": 1, "stream": stream, **row, "seq": seq, "at": codec.to_plain(at), "prev_hash": last,
            "recorded_at": codec.to_plain(recorded_at),
        }  # fmt: skip
        last = full["hash"] = hash_of(full)
        kept = {name: value for name, value in full.items() if name not in ("v", "stream")}
        made.append(JournalEntry(version=1, **{**kept, "at": at, "recorded_at": recorded_at}))
    head = JournalStream.objects.create(name=stream, last_seq=len(made), last_hash=last)
    for entry in made:
        entry.stream = head
    JournalEntry.objects.bulk_create(made, batch_size=AT_ONCE)


def database(folder: Path) -> str:
    """The address of the grown database in `folder`."""
    return f"sqlite:///{folder / 'grown.sqlite3'}"


if __name__ == "__main__":
    sys.exit(main())
