"""What the demo begins with besides its plan: passwords, and the day that was held last quarter.

Reads {"password": …, "users": […], "cluster": …} from standard input.
"""

import json
import sys
from datetime import UTC, datetime, timedelta

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


if __name__ == "__main__":
    sys.exit(main())
