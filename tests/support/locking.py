"""A database that another process holds for writing, as a long transaction or a backup does it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def held_by_another() -> Iterator[Callable[[], None]]:
    """Readable, and not to be written until the end, or until what it gives is called. Needs a shared
    database."""
    other = connection.copy()
    with other.cursor() as cursor:
        if other.vendor == "sqlite":
            cursor.execute("BEGIN IMMEDIATE")
        else:
            cursor.execute("BEGIN")
            cursor.execute("LOCK TABLE chaos_run, chaos_halt IN EXCLUSIVE MODE")
    try:
        yield other.close
    finally:
        other.close()


def soon(is_so: Callable[[], object], within: float = 10.0) -> bool:
    """Whether it becomes so."""
    until = time.monotonic() + within
    while not is_so():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True
