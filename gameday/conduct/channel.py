"""Letter boxes: one for each open stream, filled by channel, and what a channel remembers."""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime

from gameday.conduct.feed import Item
from gameday.conduct.seats import Seat

ROOM = 256
"""Batches that may wait for one viewer. Who is further behind is cut off, and resumes by its cursor."""
LIFETIME = 600.0
"""Seconds, give or take a tenth: then a stream ends and comes back, and its viewer's rights are read anew."""


class Viewer:
    """One open stream's letter box."""

    def __init__(self, seat: Seat | None = None) -> None:
        self.seat = seat
        self._batches: deque[list[Item]] = deque()
        self._wake = asyncio.Event()
        self._closed = False
        self.ends_at = time.monotonic() + LIFETIME * random.uniform(0.9, 1.1)  # noqa: S311

    def put(self, items: list[Item]) -> None:
        if len(self._batches) >= ROOM:
            self._batches.clear()
            self._closed = True
        if not self._closed:
            self._batches.append(items)
        self._wake.set()

    def close(self) -> None:
        """No more comes; what waits is still handed out."""
        self._closed = True
        self._wake.set()

    async def next(self) -> list[Item] | None:
        """All that waits, as soon as something does; None at the end."""
        while not self._batches and not self._closed:
            self._wake.clear()
            await self._wake.wait()
        if not self._batches:
            return None
        items = [item for batch in self._batches for item in batch]
        self._batches.clear()
        return items


@dataclass(eq=False)
class Channel:
    """What one audience sees of one stream. `regions` are those of the page, as they were last sent."""

    stream: str
    organiser: bool
    viewers: set[Viewer] = field(default_factory=set)
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    """Set after the first look for this channel: from then on everything new is put to its viewers."""
    regions: dict[str, str] = field(default_factory=dict)
    is_changed: bool = True
    sampled_at: datetime | None = None

    def publish(self, items: list[Item]) -> None:
        for viewer in self.viewers if items else ():
            viewer.put(items)

    def publish_regions(self, regions: dict[str, str]) -> None:
        """Those that differ from what was sent last; who comes later is given all of them first."""
        changed = {name: html for name, html in regions.items() if self.regions.get(name) != html}
        self.regions = regions
        if changed:
            self.publish([Item.of("regions", {"regions": changed})])

    def close_overdue(self) -> None:
        now = time.monotonic()
        for viewer in self.viewers:
            if viewer.ends_at < now:
                viewer.close()
