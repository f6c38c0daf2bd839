"""The API server on sockets, with the background work of a control plane."""

import asyncio
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from deploy.rehearsal.api.app import Api
from deploy.rehearsal.api.protocol import RehearsalProtocol
from deploy.rehearsal.store import Collector, Disruption

_GRACE = 2
"""Seconds that open requests get when the server stops."""


@dataclass(frozen=True, slots=True)
class Listener:
    """An address to listen on; port 0 takes a free one. With a certificate and key it speaks TLS."""

    host: str = "127.0.0.1"
    port: int = 0
    certificate: Path | None = None
    key: Path | None = None

    @property
    def scheme(self) -> str:
        return "https" if self.certificate else "http"


def _listen(listener: Listener) -> socket.socket:
    """Accepted sockets inherit NODELAY; without it, Nagle's algorithm adds 40 ms to every answer."""
    sock = socket.create_server((listener.host, listener.port))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


class _Quiet(uvicorn.Server):
    """Signals belong to whoever runs the process, not to each listener in it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Server:
    """Serves one Api on any number of listeners, and runs the garbage collector and the budgets.

    await server.start([Listener(...)]) -> the URLs in the same order; raises OSError for a taken port.
    await server.stop() ends watches, then the listeners.
    """

    def __init__(self, api: Api, *, collect_after: float = 1.0) -> None:
        self.api = api
        self._collector = Collector(
            api.store, delay=collect_after, is_away=lambda: api.mishaps.collector_is_away
        )
        self._disruption = Disruption(api.store)
        self._servers: list[uvicorn.Server] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self, listeners: Sequence[Listener]) -> list[str]:
        sockets = [_listen(one) for one in listeners]
        for listener, sock in zip(listeners, sockets, strict=True):
            server = _Quiet(self._config(listener))
            self._servers.append(server)
            self._tasks.append(asyncio.create_task(server.serve(sockets=[sock])))
        while not all(server.started for server in self._servers):
            for task in self._tasks:
                if task.done():
                    task.result()
            await asyncio.sleep(0.005)
        self._tasks.append(asyncio.create_task(self._collector.run()))
        return [
            f"{listener.scheme}://{listener.host}:{sock.getsockname()[1]}"
            for listener, sock in zip(listeners, sockets, strict=True)
        ]

    async def stop(self) -> None:
        self.api.stopping.set()
        for server in self._servers:
            server.should_exit = True
        self._tasks[-1].cancel()
        for task in self._tasks:
            with suppress(asyncio.CancelledError):
                await task

    def _config(self, listener: Listener) -> uvicorn.Config:
        return uvicorn.Config(
            self.api,
            http=RehearsalProtocol,
            ws="none",
            loop="asyncio",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=_GRACE,
            ssl_certfile=listener.certificate,
            ssl_keyfile=listener.key,
        )
