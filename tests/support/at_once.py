"""Deeds on threads of their own, all begun at the same instant, each with a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection


def at_once(deeds: Sequence[Callable[[], Any]]) -> list[Any]:
    """What each gave back, or the exception that it raised."""
    gate, given = threading.Barrier(len(deeds)), [None] * len(deeds)

    def do(index: int, deed: Callable[[], Any]) -> None:
        try:
            gate.wait()
            given[index] = deed()
        except Exception as error:
            given[index] = error  # type: ignore[call-overload]
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=item) for item in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return given
