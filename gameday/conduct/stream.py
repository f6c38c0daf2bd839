"""The live stream of a day: pushed (`text/event-stream`), or asked for every few seconds. The same events."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import lru_cache
from typing import ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.db import connections
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone

from chaos.services import live_queries
from gameday.conduct import feed, hub, live, seats
from gameday.conduct.audience import is_organiser
from gameday.conduct.feed import Cursor, Item
from gameday.conduct.seats import Seat
from gameday.plans.models import Plan

P = ParamSpec("P")
T = TypeVar("T")

MOST = 500
"""Entries, and chunks of samples, that are read at once."""
READY_WITHIN = 10.0
"""Seconds for the hub to take its place; a stream that waits longer ends, and its client comes back."""
POLL_EVERY = 3


async def stream(request: HttpRequest, plan: str) -> HttpResponseBase:
    """Everything that happens on a plan's day, as it happens, from `Last-Event-ID` or `?after=` on."""
    # The header first: a browser that reconnects by itself repeats the address that it was first given.
    cursor = Cursor.parse(request.headers.get("Last-Event-ID", "") or request.GET.get("after", ""))
    name, organiser = await _reading(_place)(request, plan)
    headers = {"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"}
    if request.method == "HEAD":
        return HttpResponse(content_type="text/event-stream", headers=headers)
    events = _events(name, organiser, await _reading(seats.of)(request), cursor)
    return StreamingHttpResponse(events, content_type="text/event-stream", headers=headers)


async def _events(name: str, organiser: bool, seat: Seat, cursor: Cursor | None) -> AsyncIterator[bytes]:
    here = hub.current()
    yield b"retry: 2000\n\n"
    with here.watching(name, organiser, seat) as (viewer, channel):
        try:
            async with asyncio.timeout(READY_WITHIN):
                await channel.ready.wait()
        except TimeoutError:
            return
        cursor, more = cursor or await _reading(feed.here)(name), True
        while more:  # what happens meanwhile waits in the letter box
            items, reached, more = await _reading(feed.after)(name, cursor, organiser, MOST)
            text, cursor = _written(items, cursor)
            cursor = cursor.past(reached)
            yield text
        yield f"id: {cursor}\n{_text(here.beat(channel))}".encode()
        while (waiting := await viewer.next()) is not None:
            text, cursor = _written(waiting, cursor)
            if text:
                yield text


def since(request: HttpRequest, plan: str) -> JsonResponse:
    """The same events for who cannot hold a stream: what came after `?after=`, then how things stand now.

    `events` are the stream's, with `data` as the same text; with `more`, ask again at once from `cursor` on.
    """
    name, organiser = _place(request, plan)
    cursor = Cursor.parse(request.GET.get("after", "")) or feed.here(name)
    items, reached, more = feed.after(name, cursor, organiser, MOST)
    items += [_regions(plan, organiser, reached, int(time.time()) // POLL_EVERY), _beat(name, reached)]
    events = [{"event": item.name, "data": item.data} for item in items]
    answer = JsonResponse({"cursor": str(reached), "more": more, "events": events})
    answer["Cache-Control"] = "no-store"
    return answer


@lru_cache(maxsize=64)
def _regions(slug: str, organiser: bool, cursor: Cursor, period: int) -> Item:
    """A room full of pages that poll asks for the same regions: rendered once for each thing that happens."""
    return Item.of("regions", {"regions": live.regions(slug, organiser)})


def _beat(name: str, cursor: Cursor) -> Item:
    now = timezone.now()
    return feed.beat(now, now, feed.sampled_at(live_queries.live_runs_on(name), cursor.chunk), False)


def _place(request: HttpRequest, plan: str) -> tuple[str, bool]:
    """The stream of a plan, and whether this person organises its day. Raises Http404."""
    found = get_object_or_404(Plan.objects.select_related("team"), slug=plan)
    return found.stream, is_organiser(request.user, found)


def _reading(read: Callable[P, T]) -> Callable[P, Awaitable[T]]:
    """`read` on the request's own thread, whose connection is given back: a stream stays open for minutes."""

    def read_and_close(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return read(*args, **kwargs)
        finally:
            connections.close_all()

    return sync_to_async(read_and_close)


def _written(items: list[Item], cursor: Cursor) -> tuple[bytes, Cursor]:
    """The events of `items` that a reader at `cursor` has not had, and where that leaves the reader."""
    parts = []
    for item in items:
        if not item.is_new_to(cursor):
            continue
        if item.at and item.moves:
            cursor = cursor.past(item.at)
            parts.append(f"id: {cursor}\n")
        parts.append(_text(item))
    return "".join(parts).encode(), cursor


def _text(item: Item) -> str:
    return f"event: {item.name}\ndata: {item.data}\n\n"
