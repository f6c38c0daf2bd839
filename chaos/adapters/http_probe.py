"""Asks a URL with one GET: its status, or how long the whole answer took.

On the standard library, since what a probe needs is what clients add away: no redirect is followed, no
proxy used, nothing tried twice, and one deadline covers everything from the connection to the last byte.
Only the resolving of a name is the system's own and takes as long as it takes.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import SplitResult, urlsplit

from chaos.adapters.peers import refuse_off_limits
from chaos.adapters.wall import utc_now
from chaos.domain.errors import Refused
from chaos.domain.sight import Reading
from chaos.domain.spec import ProbeKind, ProbeSpec
from chaos.ports import Preflight

MOST_BYTES = 1024 * 1024


class _Unknown(Exception):
    """No value; the text says why."""


@dataclass(frozen=True, slots=True)
class HttpProbe:
    """A ProbeReader for `http-status` and `http-latency` (milliseconds). `ca_file`: a CA of one's own."""

    ca_file: str | None = None
    now: Callable[[], datetime] = utc_now

    def read(self, probe: ProbeSpec) -> Reading:
        asked_at = self.now()
        try:
            status, milliseconds = _get(probe.ask, probe.timeout.total_seconds(), self.ca_file)
            value = milliseconds if probe.kind is ProbeKind.HTTP_LATENCY else float(status)
            return Reading(probe.name, asked_at, self.now(), value)
        except _Unknown as unknown:
            return Reading(probe.name, asked_at, self.now(), None, str(unknown))


def check(url: str, seconds: float = 3.0) -> Preflight:
    """For a connection test: does anything speak HTTP at the services' address? Raises nothing.

    Its status is no matter: below the address lie the services, and at its root there need be nothing.
    """
    where = f"Probes find services below {url}"
    try:
        status, _ = _get(url, seconds, None)
    except _Unknown as unknown:
        return Preflight("services", False, f"{where}, and that cannot be asked: {unknown}")
    return Preflight("services", True, f"{where}, which answers (status {status} at its root).")


def _get(url: str, seconds: float, ca_file: str | None) -> tuple[int, float]:
    """Status and milliseconds to the last byte."""
    parts = _parts(url)
    connection = _connection(parts, seconds, ca_file)
    is_over = threading.Event()
    timer = threading.Timer(seconds, _hang_up, (connection, is_over))
    timer.daemon = True
    began = time.perf_counter()
    timer.start()
    try:
        connection.connect()
        refuse_off_limits(connection.sock, str(parts.hostname))
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("GET", target, headers={"User-Agent": "gameday", "Connection": "close"})
        answer = connection.getresponse()
        if len(answer.read(MOST_BYTES + 1)) > MOST_BYTES:
            raise _Unknown(f"{parts.netloc} answered with more than 1 MiB; a probe needs a small page.")
        if answer.length and not is_over.is_set():
            raise http.client.IncompleteRead(b"", answer.length)
        took = time.perf_counter() - began
        if is_over.is_set() or took > seconds:
            raise _Unknown(_late(parts, seconds))
        return answer.status, took * 1000
    except Refused as error:
        raise _Unknown(str(error)) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _Unknown(_late(parts, seconds) if is_over.is_set() else _why(error, parts, seconds)) from error
    finally:
        timer.cancel()
        connection.close()


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        is_url = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_url = False
    if not is_url:
        raise _Unknown(f"{url!r} is no http address.")
    return parts


def _connection(parts: SplitResult, seconds: float, ca_file: str | None) -> http.client.HTTPConnection:
    host = str(parts.hostname)
    if parts.scheme == "http":
        return http.client.HTTPConnection(host, parts.port, timeout=seconds)
    try:
        context = ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise _Unknown(f"The CA file {ca_file} cannot be used: {error}.") from error
    return http.client.HTTPSConnection(host, parts.port, timeout=seconds, context=context)


def _hang_up(connection: http.client.HTTPConnection, is_over: threading.Event) -> None:
    """A socket's timeout starts anew with every packet; this one does not."""
    is_over.set()
    if connection.sock is not None:
        try:
            connection.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return


def _why(error: Exception, parts: SplitResult, seconds: float) -> str:
    where = parts.netloc.rpartition("@")[2]
    match error:
        case TimeoutError():
            return _late(parts, seconds)
        case ConnectionRefusedError():
            return f"{where} refused the connection; nothing listens there."
        case socket.gaierror():
            return f"The name {parts.hostname} cannot be resolved."
        case ssl.SSLCertVerificationError():
            return f"The certificate of {where} is not trusted: {error.verify_message}."
        case ssl.SSLError():
            return f"There was no TLS connection to {where}: {error.reason}."
        case ConnectionError() | http.client.HTTPException():
            return f"{where} hung up or did not speak HTTP ({type(error).__name__})."
    return f"{where} could not be asked: {error}."


def _late(parts: SplitResult, seconds: float) -> str:
    return f"{parts.netloc.rpartition('@')[2]} had not answered in full after {seconds:g} s."
