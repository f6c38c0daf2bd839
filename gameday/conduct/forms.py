"""What the forms of the live page send, checked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

TYPED_WITHIN = timedelta(minutes=15)
MOST_WORDS = 2000


def typed_at(text: str, now: datetime) -> datetime:
    """When a note was begun: the browser says so, in milliseconds since 1970 by our clock.

    A note is never from the future, nor from long ago: what cannot be believed counts as now.
    """
    try:
        at = datetime.fromtimestamp(int(text) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return now
    return at if now - TYPED_WITHIN <= at <= now else now
