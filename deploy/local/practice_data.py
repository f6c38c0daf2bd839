"""What the demo begins with besides its plan: passwords, and the day that was held last quarter.

Reads {"password": …, "users": […], "cluster": …} from standard input; no day without a cluster.
"""

import json
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import django

from . import recording
from .paths import ROOT

RECORDING = ROOT / "deploy" / "rehearsal" / "sample" / "recorded-day.json.gz"
A_QUARTER = timedelta(days=91)


def main() -> int:
    """Returns 0."""
    given = json.load(sys.stdin)
    django.setup()
    _set_passwords(given["users"], given["password"])
    if given["cluster"]:
        _load_last_quarter(given["cluster"])
    return 0


def _set_passwords(users: list[str], password: str) -> None:
    from django.contrib.auth.hashers import make_password

    from gameday.people.models import User

    User.objects.filter(username__in=users).update(password=make_password(password))


def _load_last_quarter(cluster: str) -> None:
    from gameday.plans.models import Plan

    text = recording.read(RECORDING)
    real = recording.began(text)
    then = (datetime.now(UTC) - A_QUARTER).replace(hour=9, minute=30, second=0, microsecond=0)
    quarter = f"{then.year}-q{(then.month + 2) // 3}"
    slug = f"payments-platform-{quarter}"
    if Plan.objects.filter(slug=slug).exists():
        return
    day = recording.moved(
        text,
        then - real,
        "last-quarter",
        plan=slug,
        title=f"Payments platform game day, {quarter.upper().replace('-', ' ')}",
        window={
            "opens": f"{then - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}",
            "closes": f"{then + timedelta(hours=4):%Y-%m-%dT%H:%M:%SZ}",
        },
    )
    note = (
        f"Practice data: a day that was really conducted on a rehearsal cluster on {real:%d %B %Y}, loaded "
        f"as if it had been on {then:%d %B %Y}. Its measurements are as they were; its journal was "
        "chained when it was loaded."
    )
    recording.load(day, cluster, note)
    _debrief(Plan.objects.get(slug=slug), then + timedelta(hours=2))


LEARNED = (
    # words of the note, severity, what was promised, by whom, within how many days, and how it was done
    ("deprecated CLI", "major", "Rewrite chapter 2 of the streaming runbook for KRaft", "kofi", 21,
     "Rewritten, and tried on a broker of staging."),
    ("breaker stays closed", "major", "Bring the breaker's 1 s and the objective's 500 ms together", "otto",
     60, ""),
    ("half a minute behind", "minor", "Have the dashboard ask every five seconds", "sam", 120, ""),
)  # fmt: skip


def _debrief(plan: Any, then: datetime) -> None:
    """The findings of that afternoon: one action item was done, one is overdue, one is still ahead."""
    from chaos.journal.queries import entries
    from gameday.debriefs import services
    from gameday.people.models import User

    fiona = User.objects.get(username="fiona")
    for words, severity, promise, owner, days, done in LEARNED:
        note = entries(plan.stream).filter(kind="note", text__contains=words).first()
        if note is None:
            continue
        finding = services.finding_from_note(plan, note.seq, severity, fiona, then)
        action = services.add_action(finding, promise, owner, (then + timedelta(days)).date(), fiona, then)
        if done:
            services.close_action(action, done, action.owner, then + timedelta(days - 2))
    held = services.Learned("A lost zone is carried by the other two", "strength", scenario="zone-failure")
    services.add_finding(plan, held, fiona, then)


if __name__ == "__main__":
    sys.exit(main())
