"""What a probe asks: it says that all is well until it is told to fail, and when it first said so."""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Sampler:
    """Answers 200 so many times, then 500 for ever. On a thread of its own; close it."""

    def __init__(self) -> None:
        sampler = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                sampler._answer(self)

            def log_message(self, *_: Any) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._lock = threading.Lock()
        self._good: float = float("inf")
        self._failed = threading.Event()
        self._failed_at = 0.0
        threading.Thread(target=self._server.serve_forever, name="sampler", daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/"

    def be_well(self, times: float = float("inf")) -> None:
        """200 for so many answers, and 500 from the next on."""
        with self._lock:
            self._good = times
            self._failed.clear()

    def failed_at(self, within: float = 30.0) -> float:
        """When the first 500 was on its way, by the clock of the wire; waits for it."""
        assert self._failed.wait(within), f"nobody asked often enough within {within:g} s"
        return self._failed_at

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, asked: BaseHTTPRequestHandler) -> None:
        with self._lock:
            is_well = self._good > 0
            self._good -= 1
        asked.send_response(200 if is_well else 500)
        asked.send_header("Content-Length", "0")
        asked.end_headers()
        if not is_well and not self._failed.is_set():
            self._failed_at = time.monotonic()
            self._failed.set()
