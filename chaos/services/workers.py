"""Whether workers are there that take runs up: asked now and then by one of them, kept with its age.

The question goes through the beat, the queue and a worker. So an answer that grows old tells that one of
these is gone, without anybody having to wait for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from chaos.domain.decide import TAKEN_UP_WITHIN
from chaos.models import Workers

SILENT_AFTER = timedelta(seconds=45)
"""Asked every 10 s: one answer that was lost is no silence."""
START_THEM = "Start them: celery -A gameday worker -Q drive,control, and celery -A gameday beat."


@dataclass(frozen=True, slots=True)
class Known:
    """`asked_at` and `answered_at` are None where nobody was ever asked, or never answered."""

    asked_at: datetime | None = None
    answered_at: datetime | None = None
    count: int = 0

    def state(self, now: datetime) -> str:
        """`reachable`, `unreachable`; `unknown` where nobody has ever asked."""
        if self.asked_at is None:
            return "unknown"
        return "unreachable" if self.is_silent(now) else "reachable"

    def is_silent(self, now: datetime) -> bool:
        """They were asked once, and have not answered lately; or nobody is there any more who asks."""
        if self.asked_at is None:
            return False
        return self.answered_at is None or now - self.answered_at > SILENT_AFTER

    def sentence(self, now: datetime) -> str:
        """For people: since when nobody answers and what that means; "" while somebody does."""
        if not self.is_silent(now):
            return ""
        since = f"since {_clock(self.answered_at, now)}" if self.answered_at else "yet"
        gone = "the workers, the beat or the queue are gone, and nobody would take a run up"
        return f"No worker has answered {since}: {gone}."


def _clock(at: datetime, now: datetime) -> str:
    return f"{at:%H:%M:%S} UTC" if now - at < timedelta(hours=20) else f"{at:%Y-%m-%d %H:%M} UTC"


def known() -> Known:
    """What was heard last: one query."""
    row = Workers.objects.first()
    return Known(row.asked_at, row.answered_at, row.count) if row else Known()


def note(count: int, at: datetime) -> None:
    """Keep that so many workers that take runs up answered at `at`."""
    answered = {"answered_at": at} if count else {}
    Workers.objects.update_or_create(pk=1, defaults={"asked_at": at, "count": count, **answered})


def after_launch(is_rung: bool, now: datetime) -> str:
    """What whoever launched a run must know of who takes it up, `is_rung`: the queue took it; or ""."""
    silent = known().sentence(now)
    if is_rung and not silent:
        return ""
    why = silent if is_rung else "The queue could not be reached, so no worker knows of it yet."
    within = f"{TAKEN_UP_WITHIN.total_seconds():.0f} s"
    return (
        f"Launched, but not begun. {why} It begins when a worker takes it up within {within}; later than "
        "that, nothing is injected any more. Until then nothing else can be launched on this cluster: Stop "
        "ends it at once."
    )
