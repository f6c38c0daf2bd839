"""Deeds begun beside each other, on threads that nobody has to wait for, not even the end of this process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import TypeVar

from django.db import Error

from chaos.domain.errors import GamedayError

T = TypeVar("T")


def begun(deed: Callable[[], T]) -> Future[T]:
    act: Future[T] = Future()

    def do() -> None:
        try:
            done = deed()
        except BaseException as error:
            act.set_exception(error)
        else:
            act.set_result(done)

    threading.Thread(target=do, daemon=True).start()
    return act


def failure(act: Future[None]) -> str:
    """What went wrong, in words, or ""; waits for the end of the deed."""
    error = act.exception()
    return sentence(error) if error else ""


def in_short(failures: Sequence[str], most: int = 2) -> str:
    """The first few that differ up to their colon: a cluster that does not answer fails at each question in
    the same words, and only what was asked is another."""
    first: dict[str, str] = {}
    for failure in failures:
        first.setdefault(failure.partition(":")[0], failure)
    said = [*first.values()][:most]
    rest = len(failures) - len(said)
    return " ".join([*said, f"And {rest} more."] if rest else said)


def sentence(error: BaseException) -> str:
    return str(error) if isinstance(error, GamedayError | Error) else f"{type(error).__name__}: {error}"
