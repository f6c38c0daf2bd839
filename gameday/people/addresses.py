"""Where a request comes from, for what is counted per address."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def client_ip(request: HttpRequest) -> str:
    """The peer; behind our own proxy, what it says of its peer, which is the last in the list.

    Anything before that was sent by the peer itself, and could name whomever they like.
    """
    if settings.BEHIND_PROXY:
        *_, last = ("", *request.headers.get("X-Forwarded-For", "").split(","))
        if last.strip():
            return last.strip()
    return str(request.META.get("REMOTE_ADDR", ""))
