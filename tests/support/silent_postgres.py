"""A PostgreSQL that signs everybody in and then says nothing: frozen, or a pooler that waits for a server."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

PLAIN = (80877103, 80877104)
"""Asked first: for TLS, for GSSAPI. Both are declined."""
SAYS = {
    "server_version": "15.0", "server_encoding": "UTF8", "client_encoding": "UTF8", "TimeZone": "UTC",
    "DateStyle": "ISO, DMY", "integer_datetimes": "on", "standard_conforming_strings": "on",
}  # fmt: skip


def _message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!i", len(body) + 4) + body


def _signed_in() -> bytes:
    said = b"".join(_message(b"S", f"{key}\0{value}\0".encode()) for key, value in SAYS.items())
    return _message(b"R", struct.pack("!i", 0)) + said + _message(b"Z", b"I")


def _serve(line: socket.socket, is_welcoming: bool) -> None:
    with line:
        while is_welcoming:
            (length, code) = struct.unpack("!ii", line.recv(8, socket.MSG_WAITALL))
            if code not in PLAIN:
                line.recv(length - 8, socket.MSG_WAITALL)
                line.sendall(_signed_in())
                break
            line.sendall(b"N")
        while line.recv(4096):
            pass


@contextmanager
def silent_postgres(is_welcoming: bool = True) -> Iterator[str]:
    """Its address, as a DATABASE_URL. Not `is_welcoming`: it does not even sign anybody in."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            while True:
                try:
                    line, _ = server.accept()
                except OSError:
                    return
                threading.Thread(target=_serve, args=(line, is_welcoming), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield f"postgres://gameday:x@127.0.0.1:{server.getsockname()[1]}/gameday?connect_timeout=2"
