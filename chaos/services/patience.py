"""A database that hangs, on the way to a stop: it is waited for so long, and then hung up on.

PostgreSQL keeps a statement timeout itself. A server that is frozen keeps none, nor does a pooler that has
the connection and waits for a server; and a commit that waits for a standby is no statement. So this side
ends the connection: who waits for it hears so, as of any other that broke. SQLite has no server to wait for.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

from django.db import OperationalError, connection

HUNG_UP = "The database has not answered within {:g} s, and was hung up on."


@contextmanager
def hung_up_after(within: timedelta | None) -> Iterator[None]:
    """All that is asked of the database in here, its commit too, is over by then; None: whenever it is.

    Raises django.db.OperationalError. Signing in has a timeout of its own, `connect_timeout`.
    """
    if within is None or connection.vendor != "postgresql":
        yield
        return
    connection.ensure_connection()
    with _watched(connection.connection, within.total_seconds()):
        yield


@contextmanager
def each_answered_within(within: timedelta) -> Iterator[None]:
    """As `hung_up_after`, for each statement of this thread by itself: what lies between them takes what it
    takes."""
    if connection.vendor != "postgresql":
        yield
        return
    seconds = within.total_seconds()

    def bounded(execute: Callable[..., Any], *said: Any) -> Any:
        *_, context = said
        with _watched(context["connection"].connection, seconds):
            return execute(*said)

    with connection.execute_wrapper(bounded):
        yield


@contextmanager
def _watched(link: Any, seconds: float) -> Iterator[None]:
    """Hang up on this connection of psycopg's once the time is over."""
    is_over = threading.Event()

    def hang_up() -> None:
        is_over.set()
        with suppress(Exception), socket.socket(fileno=_copy(link)) as line:  # it may be closed already
            line.shutdown(socket.SHUT_RDWR)

    watch = threading.Timer(seconds, hang_up)
    watch.daemon = True
    watch.start()
    try:
        yield
    except Exception as error:
        if is_over.is_set():
            raise OperationalError(HUNG_UP.format(seconds)) from error
        raise
    finally:
        watch.cancel()


def _copy(link: Any) -> int:
    """Of the file descriptor, which is psycopg's own to close."""
    return os.dup(link.fileno())
