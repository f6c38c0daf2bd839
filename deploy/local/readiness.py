"""Is it ready? Small questions asked of a server on loopback; each answers at once, true or false."""

import socket
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

Ready = Callable[[], bool]

ANSWER_WITHIN = 2.0  # seconds


def redis_answers(port: int) -> Ready:
    """Whether a PING gets its PONG: a Redis that still loads its file refuses with -LOADING."""

    def ask() -> bool:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=ANSWER_WITHIN) as link:
                link.sendall(b"PING\r\n")
                return link.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    return ask


def http_answers(url: str, certificate: Path | None = None) -> Ready:
    """Whether a GET is answered with 200."""

    def ask() -> bool:
        trust = ssl.create_default_context(cafile=str(certificate)) if certificate else None
        # No proxy stands between us and our own machine, whatever the environment says.
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trust)
        )
        try:
            with opener.open(url, timeout=ANSWER_WITHIN) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False

    return ask


def log_says(log: Path, words: str) -> Ready:
    """Whether the words stand in a log: for programs that listen nowhere."""

    def ask() -> bool:
        return log.exists() and words in log.read_text(errors="replace")

    return ask
