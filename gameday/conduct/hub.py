"""One hub a web process: looks at the database for everybody who watches, and hands out what is new.

All of it lives on the event loop and needs no lock. Only looks and renderings leave it, each for one thread
of its own; there is neither thread nor look while nobody watches. What it is not told, it cannot miss: the
database is the only source (see the decision record on the live stream).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from django.db import Error
from django.utils import timezone

from gameday.conduct import feed
from gameday.conduct.channel import Channel, Viewer
from gameday.conduct.feed import Item
from gameday.conduct.follow import Asked, Follower, News
from gameday.conduct.rendering import Renderer
from gameday.conduct.seats import Seat, vacant

log = logging.getLogger(__name__)

PACE = 0.1
"""Seconds between two looks: half of it is what an event waits on average."""
AWAY_PACE = 1.0
"""Seconds between two tries while the database does not answer."""
BEAT_EVERY = 5.0
SEATS_EVERY = 5.0
"""Seconds between two looks at who is still signed in."""
BLIND_AFTER = timedelta(seconds=2)
"""Without a look that succeeded for so long, a beat says that we are blind."""


class Hub:
    """The channels of one event loop."""

    def __init__(self) -> None:
        self.channels: dict[tuple[str, bool], Channel] = {}
        self.looks: asyncio.Task[None] | None = None
        self._beats: asyncio.Task[None] | None = None
        self._renders: asyncio.Task[None] | None = None
        self._renderer = Renderer(self.channels)
        self._look_now = asyncio.Event()
        self._looked_at: datetime | None = None
        self._is_away = False
        self._seats_due = 0.0

    @contextlib.contextmanager
    def watching(
        self, stream: str, organiser: bool, seat: Seat | None = None
    ) -> Iterator[tuple[Viewer, Channel]]:
        """A viewer's letter box on a channel. Who replays after `channel.ready` misses nothing."""
        key, viewer = (stream, organiser), Viewer(seat)
        if key not in self.channels:
            self.channels[key] = Channel(stream, organiser)
            self._look_now.set()
            self._renderer.needed.set()
        channel = self.channels[key]
        channel.viewers.add(viewer)
        if channel.regions:
            viewer.put([Item.of("regions", {"regions": channel.regions})])
        self._start()
        try:
            yield viewer, channel
        finally:
            channel.viewers.discard(viewer)
            if not channel.viewers:
                del self.channels[key]
                self._look_now.set()
                self._renderer.needed.set()  # else it would wait for a change that nobody awaits

    def beat(self, channel: Channel) -> Item:
        """That we are alive, how old what we know is, and whether we are blind."""
        now = timezone.now()
        is_blind = self._looked_at is not None and now - self._looked_at > BLIND_AFTER
        return feed.beat(now, self._looked_at, channel.sampled_at, is_blind)

    def _start(self) -> None:
        if self.looks is None:
            self._looked_at = None
            self.looks = asyncio.create_task(self._look_on())
        if self._beats is None or self._beats.done():
            self._beats = asyncio.create_task(self._beat_on())
        if self._renders is None or self._renders.done():
            self._renders = asyncio.create_task(self._renderer.run())

    async def _look_on(self) -> None:
        follower = Follower()
        thread = ThreadPoolExecutor(1, thread_name_prefix="live stream")
        try:
            while self.channels:
                self._look_now.clear()
                pace = PACE if await self._look(thread, follower) else AWAY_PACE
                await self._see_out(thread)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(pace):
                        await self._look_now.wait()
        finally:
            self.looks = None
            thread.submit(follower.rest)
            thread.shutdown(wait=False)

    async def _look(self, thread: ThreadPoolExecutor, follower: Follower) -> bool:
        """One look for everybody. False when the database did not answer: nothing is passed over."""
        loop, asked = asyncio.get_running_loop(), _asked(self.channels)
        try:
            news = await loop.run_in_executor(thread, follower.look, asked)
            self._looked_at = timezone.now()
            self._publish(asked, news)
        except Exception as error:
            # Neither a lost database nor a defect of ours silences the room: the beats say that we are blind.
            if not self._is_away:
                told = log.warning if isinstance(error, Error | OSError) else log.exception
                told("The live stream cannot look at the database, and tries again: %s", error)
            self._is_away = True
            await loop.run_in_executor(thread, follower.rest)
            return False
        self._is_away = False
        return True

    async def _see_out(self, thread: ThreadPoolExecutor) -> None:
        """End the streams of people who are not signed in any more."""
        if self._is_away or time.monotonic() < self._seats_due:
            return
        self._seats_due = time.monotonic() + SEATS_EVERY
        viewers = [viewer for channel in self.channels.values() for viewer in channel.viewers if viewer.seat]
        seats = {viewer.seat for viewer in viewers if viewer.seat}
        try:
            gone = await asyncio.get_running_loop().run_in_executor(thread, vacant, seats)
        except Exception as error:  # as for a look: asked again
            log.warning("It could not be seen who is still signed in; it is tried again: %s", error)
            return
        for viewer in viewers:
            if viewer.seat in gone:
                viewer.close()

    def _publish(self, asked: Asked, news: Mapping[str, News]) -> None:
        for (stream, organiser), channel in self.channels.items():
            if organiser not in asked.get(stream, ()):
                continue  # it came while we looked, for others
            found = news[stream]
            channel.sampled_at = found.sampled_at
            if found.changes:
                channel.is_changed = True
                self._renderer.needed.set()
            channel.publish(found.items.get(organiser, []))
            channel.ready.set()

    async def _beat_on(self) -> None:
        while self.channels:
            await asyncio.sleep(BEAT_EVERY)
            for channel in self.channels.values():
                channel.publish([self.beat(channel)])
                channel.close_overdue()


def _asked(keys: Iterable[tuple[str, bool]]) -> Asked:
    asked: dict[str, set[bool]] = {}
    for stream, organiser in keys:
        asked.setdefault(stream, set()).add(organiser)
    return asked


_HUBS: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def current() -> Hub:
    """The hub of the running event loop; a web process has one loop and so one hub."""
    return _HUBS.setdefault(asyncio.get_running_loop(), Hub())
