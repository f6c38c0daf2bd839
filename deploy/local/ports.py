"""The loopback ports the practice stack listens on; each can be moved by an environment variable."""

import contextlib
import fcntl
import os
import secrets
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .say import Trouble


@dataclass(frozen=True, slots=True)
class Port:
    """Who listens, which variable moves it, and where it is unless moved."""

    listener: str
    variable: str
    default: int

    def number(self) -> int:
        """The port in force. Raises Trouble where the variable holds no port number."""
        given = os.environ.get(self.variable, "").strip()
        if not given:
            return self.default
        if given.isdecimal() and 0 < int(given) < 65536:
            return int(given)
        raise Trouble(f"{self.variable} is {given!r}, which is no port. Give a number from 1 to 65535.")


REDIS = Port("Redis", "GAMEDAY_REDIS_PORT", 26379)
PROMETHEUS = Port("Prometheus", "GAMEDAY_PROMETHEUS_PORT", 29090)
WEB = Port("The web app", "GAMEDAY_WEB_PORT", 28000)
REHEARSAL = Port("The rehearsal cluster", "GAMEDAY_REHEARSAL_PORT", 26443)
CLUSTER = Port("The control plane", "GAMEDAY_CLUSTER_PORT", 26643)

_LOWEST, _HIGHEST = 10_000, 19_999


def claim(*ports: Port) -> None:
    """Raise Trouble where a port is taken or asked for twice, naming the variable that moves it."""
    seen: dict[int, Port] = {}
    for port in ports:
        number = port.number()
        if number in seen:
            raise Trouble(
                f"{seen[number].variable} and {port.variable} are both {number}. Change one of them."
            )
        seen[number] = port
        if not _is_free(number):
            raise Trouble(
                f"Port {number} is taken. {port.listener} is to listen there: "
                f"stop what holds it, or set {port.variable} to a free port."
            )


@contextlib.contextmanager
def elsewhere(*ports: Port) -> Iterator[None]:
    """While it lasts these are free ports, for a stack beside others; afterwards they are where they were."""
    before = {port.variable: os.environ.get(port.variable) for port in ports}
    numbers = map(str, free(len(before)))
    os.environ.update(zip(before, numbers, strict=True))
    try:
        yield
    finally:
        for variable, number in before.items():
            os.environ.pop(variable, None)
            if number is not None:
                os.environ[variable] = number


def free(count: int = 1) -> tuple[int, ...]:
    """So many different free ports, drawn from below those that systems give to outgoing connections.

    A port that the system picks is one that it hands out again: to a client, while a server that was to have
    it is stopped for a test. One that is drawn here is not drawn again as long as this process lives, by
    whomever on this machine.
    """
    found: set[int] = set()
    while len(found) < count:
        number = _LOWEST + secrets.randbelow(_HIGHEST - _LOWEST + 1)
        if number not in _drawn and _is_ours(number) and _is_free(number):
            _drawn.add(number)
            found.add(number)
    return tuple(found)


_drawn: set[int] = set()


def _is_ours(number: int) -> bool:
    """Whether no other process has drawn it: who did holds a lock on its byte of a file until its end."""
    try:
        fcntl.lockf(_book(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, number)
    except OSError:
        return False
    return True


@cache
def _book() -> int:
    """Never closed: with it all locks would go."""
    path = Path(tempfile.gettempdir()) / f"gameday-ports-{os.getuid()}"
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise Trouble(
            f"{path} says which ports are drawn, and cannot be opened ({error}). Move it."
        ) from error


def _is_free(number: int) -> bool:
    with socket.socket() as probe:
        # As the servers do it: a port that only lingers after its last owner counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", number))
        except OSError:
            return False
    return True
