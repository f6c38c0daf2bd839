"""A room full of viewers: so many open streams of one day, each on a connection of its own.

Reads {"host", "port", "path", "cookies", "count"} in one line of standard input, prints "seated" when all are
there, listens until the next line, then prints what came: {"delays": {ms: how often}, "missed", "doubled",
"lost": streams that ended}. A delay is from a note's instant to its arrival here, by one clock.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httptools

AT_ONCE = 20  # connections that are opened side by side


@dataclass
class Room:
    """What all viewers were told. A note's instant is read once, by its number."""

    delays: Counter[int] = field(default_factory=Counter)
    written: dict[int, float] = field(default_factory=dict)
    doubled: int = 0
    lost: int = 0

    def heard(self, data: bytes, last: int) -> int:
        """One `entry`; its number, or `last` when it was no note."""
        now = time.time()
        if b'"kind":"note"' not in data:
            return last
        seq = int(data[data.index(b'"seq":') + 6 : data.index(b",")])
        if seq not in self.written:
            self.written[seq] = datetime.fromisoformat(json.loads(data)["at"]).timestamp()
        self.doubled += seq <= last
        self.delays[round((now - self.written[seq]) * 1000)] += 1
        return seq


@dataclass
class Viewer:
    """One stream. `notes`: how many came, `first` and `last` of them by number."""

    room: Room
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    notes: int = 0
    first: int = 0
    last: int = 0
    status: int = 0
    _text: bytes = b""

    async def watch(self, asked: dict[str, Any], cookie: str) -> None:
        reader, writer = await asyncio.open_connection(asked["host"], asked["port"], limit=2**20)
        head = f"GET {asked['path']} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n"
        writer.write(head.encode())
        parser = httptools.HttpResponseParser(self)
        try:
            while chunk := await reader.read(2**16):
                parser.feed_data(chunk)
        finally:
            writer.close()
        self.room.lost += 1

    def on_body(self, body: bytes) -> None:
        *blocks, self._text = (self._text + body).split(b"\n\n")
        for block in blocks:
            if b"event: beat" in block:
                self.ready.set()  # what was to be replayed has come
            elif b"event: entry" in block:
                last = self.room.heard(block[block.index(b"data: ") + 6 :], self.last)
                if last != self.last:
                    self.notes, self.first, self.last = self.notes + 1, self.first or last, last


async def main() -> None:
    lines = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    asked = json.loads(await lines.readline())
    room, viewers, tasks = Room(), [], []
    for number in range(asked["count"]):
        viewer = Viewer(room)
        viewers.append(viewer)
        cookie = asked["cookies"][number % len(asked["cookies"])]
        tasks.append(asyncio.create_task(viewer.watch(asked, cookie)))
        if number % AT_ONCE == AT_ONCE - 1:
            await asyncio.gather(*(one.ready.wait() for one in viewers))
    await asyncio.gather(*(one.ready.wait() for one in viewers))
    print("seated", flush=True)
    await lines.readline()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    print(json.dumps({"delays": room.delays, "missed": missed(room, viewers), "doubled": room.doubled,
                      "lost": room.lost}), flush=True)  # fmt: skip


def missed(room: Room, viewers: list[Viewer]) -> int:
    """Notes that somebody was told and somebody else, who was there all the time, was not."""
    return sum(len(room.written) - viewer.notes for viewer in viewers)


if __name__ == "__main__":
    asyncio.run(main())
