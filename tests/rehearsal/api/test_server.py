"""The server as a process has it: ports, TLS, and its end."""

import asyncio
import socket
from pathlib import Path

import pytest
import urllib3

from deploy.rehearsal.api import Api, Listener, Pace, Server, Tokens, make
from deploy.rehearsal.store import Store


def _server() -> Server:
    tokens = Tokens()
    tokens.grant("t", "admin")
    return Server(Api(Store(), tokens, pace=Pace(0)))


def test_one_api_is_served_on_several_ports_with_and_without_tls(tmp_path: Path):
    files = make(tmp_path)

    async def scenario() -> list[int]:
        server = _server()
        urls = await server.start([Listener(), Listener(certificate=files.certificate, key=files.key)])
        assert [url.partition(":")[0] for url in urls] == ["http", "https"]
        pool = urllib3.PoolManager(ca_certs=str(files.authority))
        codes = [(await asyncio.to_thread(pool.request, "GET", f"{url}/readyz")).status for url in urls]
        pool.clear()
        await server.stop()
        return codes

    assert asyncio.run(scenario()) == [200, 200]
    assert (tmp_path / "server.key").stat().st_mode & 0o077 == 0, "the key is nobody else's business"


def test_a_server_stops_although_a_watch_is_open():
    async def scenario() -> bytes:
        server = _server()
        [url] = await server.start([Listener()])
        port = int(url.rpartition(":")[2])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /api/v1/pods?watch=1 HTTP/1.1\r\nhost: x\r\nauthorization: Bearer t\r\n\r\n")
        await reader.readuntil(b"\r\n\r\n")
        await asyncio.wait_for(server.stop(), timeout=1.5)
        rest = await reader.read()
        writer.close()
        return rest

    assert asyncio.run(scenario()) == b"0\r\n\r\n", "the watch ended as a whole answer does"


def test_a_taken_port_is_an_error_at_once():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match="in use"):
            asyncio.run(_server().start([Listener(port=port)]))
