"""The wire between the product and the API server: it can be cut, it can lose answers, and it remembers when
each request came by.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum

BEGINNINGS = tuple(f"{method} /".encode() for method in ("GET", "POST", "PATCH", "PUT", "DELETE"))


class State(Enum):
    WHOLE = "whole"
    CUT = "cut"
    """Nobody answers: connections are reset."""
    DEAF = "deaf"
    """Requests arrive and are carried out; no answer comes back."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came by. `at` is in seconds of the machine's monotonic clock."""

    at: float
    method: str
    path: str


class Wire:
    """Forwards to a port of this machine, on a thread of its own, and is for all threads to use.

    A request is known by how a packet begins: the product's clients send one only when the last is answered.
    """

    def __init__(self, to: int) -> None:
        self._to, self.state = to, State.WHOLE
        self.asked: list[Asked] = []
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="wire", daemon=True).start()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(5)
        self.port = int(self._server.sockets[0].getsockname()[1])

    def cut(self) -> None:
        """From now on nothing gets through, and what is under way is reset."""
        self._become(State.CUT)

    def lose_answers(self) -> None:
        """From now on everything arrives, and nothing comes back."""
        self._become(State.DEAF)

    def mend(self) -> None:
        self._become(State.WHOLE)

    def first(self, since: float, method: str, within: float = 30.0) -> Asked:
        """The first request of this method after that instant; waits for it."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            found = next((one for one in self.asked if one.at >= since and one.method == method), None)
            if found:
                return found
            time.sleep(0.002)
        raise AssertionError(f"no {method} came by within {within:g} s")

    def all_since(self, since: float, method: str) -> list[Asked]:
        return [one for one in self.asked if one.at >= since and one.method == method]

    def close(self) -> None:
        async def end() -> None:
            self._server.close()
            for writer in self._open:
                writer.transport.abort()
            under_way = asyncio.all_tasks() - {asyncio.current_task()}
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(end(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _become(self, state: State) -> None:
        async def turn() -> None:
            self.state = state
            for writer in self._open if state is not State.DEAF else ():
                writer.transport.abort()

        asyncio.run_coroutine_threadsafe(turn(), self._loop).result(5)

    async def _listen(self) -> asyncio.Server:
        return await asyncio.start_server(self._carry, "127.0.0.1", 0)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.state is State.CUT:
            return writer.transport.abort()
        try:
            there, onward = await asyncio.open_connection("127.0.0.1", self._to)
        except OSError:
            return writer.transport.abort()
        ends = {writer, onward}
        self._open |= ends
        await asyncio.gather(
            self._pump(reader, onward, self._note), self._pump(there, writer, self._is_heard)
        )
        self._open -= ends

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, passes: Callable[[bytes], bool]
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                if passes(data):
                    writer.write(data)
                    await writer.drain()
        if passes(b""):  # that it was closed is an answer, too
            writer.close()

    def _note(self, data: bytes) -> bool:
        if data.startswith(BEGINNINGS):
            method, path, _ = data.split(b" ", 2)
            self.asked.append(Asked(time.monotonic(), method.decode(), path.decode()))
        return True

    def _is_heard(self, _: bytes) -> bool:
        return self.state is not State.DEAF
