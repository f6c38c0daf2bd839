"""A stub HTTP server whose every answer a test writes itself: also late, broken and missing ones."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: Any


@dataclass
class Answer:
    """`cut` sends only so many bytes of the body and hangs up; `hold` waits for the stub's end first;
    `is_lost` reads the question and hangs up without a word."""

    status: int = 200
    body: Any = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    hold: bool = False
    is_lost: bool = False
    trickle: float = 0.0

    def data(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass
class Stub:
    url: str
    asked: list[Asked]
    answers: Callable[[Asked], Answer]


@contextmanager
def stub_server(answers: Callable[[Asked], Answer]) -> Iterator[Stub]:
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            raw = self.rfile.read(length)
            asked = Asked(self.command, self.path, dict(self.headers), json.loads(raw) if raw else None)
            stub.asked.append(asked)
            answer = stub.answers(asked)
            if answer.hold:
                over.wait(10)
            if answer.is_lost or over.is_set():
                self.close_connection = True
                return
            self._send(answer)

        def _send(self, answer: Answer) -> None:
            data = answer.data()
            self.send_response(answer.status)
            for key, value in {"Content-Type": "application/json", **answer.headers}.items():
                self.send_header(key, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if answer.trickle:
                for byte in data:
                    if over.wait(answer.trickle):
                        break
                    self.wfile.write(bytes([byte]))
                return
            self.wfile.write(data[: answer.cut])
            self.close_connection = answer.cut is not None

        do_GET = do_POST = do_PATCH = do_DELETE = _serve

        def log_message(self, *_: Any) -> None:
            """Silence: tests read what was asked from the stub."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 64

        def handle_error(self, *_: Any) -> None:
            """A client that gave up is what these tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    stub = Stub(f"http://127.0.0.1:{server.server_address[1]}", [], answers)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield stub
    finally:
        over.set()
        server.shutdown()
        server.server_close()
        thread.join()
