"""The rest of the company, by the product's own means: seats for viewers, notes, a look at the run.

Reads {"plan", "users", "scribe", "rate": notes a second} in one line of standard input and prints the
viewers' cookies; writes notes from the next line to the one after; then prints {"notes": how many,
"probes"}: how the newest run's probes kept their interval, each with its "probe", "interval" (s),
"readings", how many were "due", and the "widest" time (s) between two.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from itertools import pairwise
from typing import Any

import django


def main() -> int:
    """Returns 0."""
    asked = json.loads(sys.stdin.readline())
    django.setup()
    print(json.dumps([cookie_of(user) for user in asked["users"]]), flush=True)
    sys.stdin.readline()
    enough = threading.Event()

    def hear() -> None:
        sys.stdin.readline()
        enough.set()

    threading.Thread(target=hear, daemon=True).start()
    count = write_notes(asked, enough)
    print(json.dumps({"notes": count, "probes": probes_of(asked["plan"])}), flush=True)
    return 0


def cookie_of(username: str) -> str:
    """Signed in, without the page for it."""
    from django.conf import settings
    from django.test import Client

    from gameday.people.services import person

    client = Client()
    client.force_login(person(username), backend="django.contrib.auth.backends.ModelBackend")
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def write_notes(asked: dict[str, Any], enough: threading.Event) -> int:
    """One note after another at the pace asked for, none made up for; how many."""
    from django.utils import timezone

    from gameday.conduct.services import add_note
    from gameday.people.services import person
    from gameday.plans.services import plan

    scribe, found = person(asked["scribe"]), plan(asked["plan"])
    count, due = 0, time.monotonic()
    while not enough.wait(max(0.0, due - time.monotonic())):
        count += 1
        add_note(found, f"Note {count}: the dashboard agrees with what we see here.", scribe, timezone.now())
        due = max(due + 1 / asked["rate"], time.monotonic())
    return count


def probes_of(slug: str) -> list[dict[str, Any]]:
    """Every probe of the plan's newest run: what it read against what was due between its first and last."""
    from chaos.journal import plan_stream
    from chaos.services import evidence_queries

    *_, run = evidence_queries.runs_of(plan_stream(slug))
    asked_at: dict[str, list[float]] = {}
    for reading in evidence_queries.readings_of(run.run):
        asked_at.setdefault(reading.probe, []).append(reading.asked_at.timestamp())
    figures = []
    for probe in run.spec.probes:
        instants, interval = sorted(asked_at.get(probe.name, [])), probe.interval.total_seconds()
        span = instants[-1] - instants[0] if instants else 0.0
        widest = max((later - earlier for earlier, later in pairwise(instants)), default=0.0)
        figures.append({"probe": probe.name, "interval": interval, "readings": len(instants),
                        "due": round(span / interval) + 1, "widest": round(widest, 3)})  # fmt: skip
    return figures


if __name__ == "__main__":
    sys.exit(main())
