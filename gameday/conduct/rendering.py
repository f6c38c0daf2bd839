"""Rendering the regions of open pages, beside the looks: what takes longest must not hold up news."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from django.db import connections

from chaos.journal import slug_of
from gameday.conduct import live
from gameday.conduct.channel import Channel

log = logging.getLogger(__name__)

PACE = 0.5
"""Seconds at least between two renderings of the same regions, and between two tries of one that failed."""


class Renderer:
    """Renders for every channel that changed, on one thread of its own, for as long as there are channels."""

    def __init__(self, channels: Mapping[tuple[str, bool], Channel]) -> None:
        self._channels = channels
        self._failed = False
        self.needed = asyncio.Event()

    async def run(self) -> None:
        thread = ThreadPoolExecutor(1, thread_name_prefix="live regions")
        try:
            while self._channels:
                self.needed.clear()
                for channel in [one for one in self._channels.values() if one.is_changed]:
                    await self._render(channel, thread)
                await asyncio.sleep(PACE)
                await self.needed.wait()
        finally:
            thread.submit(connections.close_all)
            thread.shutdown(wait=False)

    async def _render(self, channel: Channel, thread: ThreadPoolExecutor) -> None:
        loop, slug = asyncio.get_running_loop(), slug_of(channel.stream)
        channel.is_changed = False
        try:
            regions = await loop.run_in_executor(thread, live.regions, slug, channel.organiser)
        except Exception:
            channel.is_changed = True
            self.needed.set()
            if not self._failed:
                log.exception("The regions of %s cannot be rendered; trying again.", slug)
            self._failed = True
            await loop.run_in_executor(thread, connections.close_all)
        else:
            self._failed = False
            channel.publish_regions(regions)
