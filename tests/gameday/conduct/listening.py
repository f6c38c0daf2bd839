"""People at a day's live stream: each speaks to the whole ASGI application, as a web server would."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.db import connection, transaction
from django.test import Client

from chaos.journal.queries import heads
from chaos.journal.record import append
from gameday.conduct import hub, rendering
from tests.gameday.cast import NOW, gather, imported, who

PATH = "/plans/small-day/day/stream"
STREAM = "plan:small-day"


@dataclass(frozen=True)
class Event:
    name: str
    data: Any
    id: str = ""


def cookie_of(username: str) -> str:
    client = Client()
    client.force_login(who(username), backend="django.contrib.auth.backends.ModelBackend")
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}"


@dataclass
class Listener:
    """An open stream. `events` are all that came so far, `id` the last one's that had any."""

    asked: ApplicationCommunicator
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    id: str = ""
    has_ended: bool = False
    _text: str = ""

    async def until(self, enough: Any, within: float = 10.0) -> list[Event]:
        """Listen until `enough(self)`, or the end of the stream; all events so far."""
        async with asyncio.timeout(within):
            while not enough(self) and not self.has_ended:
                message = await self.asked.receive_output(timeout=within)
                self.has_ended = not message.get("more_body", False)
                self._take(message.get("body", b"").decode())
        return self.events

    async def until_seq(self, seq: int) -> list[int]:
        """Listen until the entry `seq` has come; every seq so far, in the order in which they came."""
        await self.until(lambda _: seq in self.seqs)
        return self.seqs

    async def until_beat(self) -> Event:
        """Listen until one more beat."""
        before = len(self.named("beat"))
        await self.until(lambda _: len(self.named("beat")) > before)
        return self.named("beat")[-1]

    async def go(self) -> None:
        """The connection is closed from this side."""
        if not self.has_ended:
            await self.asked.send_input({"type": "http.disconnect"})
            with contextlib.suppress(asyncio.TimeoutError, asyncio.CancelledError):
                await self.asked.wait(timeout=5)

    def named(self, name: str) -> list[Event]:
        return [event for event in self.events if event.name == name]

    @property
    def seqs(self) -> list[int]:
        return [event.data["seq"] for event in self.named("entry")]

    def _take(self, text: str) -> None:
        *whole, self._text = (self._text + text).split("\n\n")
        for block in whole:
            fields = dict(line.split(": ", 1) for line in block.splitlines())
            self.id = fields.get("id", self.id)
            if "event" in fields:
                self.events.append(Event(fields["event"], json.loads(fields["data"]), fields.get("id", "")))


async def listen(path: str, cookie: str, last_id: str = "", method: str = "GET") -> Listener:
    """Ask, and read as far as the head of the answer."""
    path, _, query = path.partition("?")
    headers = {"host": "localhost", "cookie": cookie, "last-event-id": last_id}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items() if value],
    }
    asked = ApplicationCommunicator(get_asgi_application(), scope)
    await asked.send_input({"type": "http.request", "body": b"", "more_body": False})
    start = await asked.receive_output(timeout=10)
    found = {name.decode().lower(): value.decode() for name, value in start["headers"]}
    return Listener(asked, start["status"], found)


@contextlib.asynccontextmanager
async def listening(path: str, cookie: str, last_id: str = "") -> AsyncIterator[Listener]:
    """A stream that is left at the end, whatever happens."""
    listener = await listen(path, cookie, last_id)
    try:
        yield listener
    finally:
        await listener.go()


@pytest.fixture
def day(shared_database, monkeypatch):
    """A plan, and a pace at which no test waits."""
    monkeypatch.setattr(hub, "PACE", 0.02)
    monkeypatch.setattr(rendering, "PACE", 0.0)
    gather()
    return imported()


def say(text="Something is slow.", kind="note", **fields):
    """One more entry; its seq."""
    with transaction.atomic():
        return append(STREAM, kind, text, at=NOW, **fields).seq


async def elsewhere(deed, *args, **kwargs):
    """Do it on another thread, whose connection ends with it."""

    def do():
        try:
            return deed(*args, **kwargs)
        finally:
            connection.close()

    return await asyncio.to_thread(do)


async def soon(*args, **kwargs):
    return await elsewhere(say, *args, **kwargs)


def head():
    return heads([STREAM])[STREAM]
