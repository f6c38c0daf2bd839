"""Several calls at once: all of them by a deadline, or all of them whatever happens."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from typing import Any

from chaos.domain.errors import GamedayError, Transient

THREADS = 12


def gather(calls: Mapping[str, Callable[[], Any]], within: float) -> dict[str, Any]:
    """Every answer by its key, or the first error; Transient when they are not all in after `within` seconds.

    A thread that is late is left behind; its own timeout ends it.
    """
    pool = ThreadPoolExecutor(max(1, min(THREADS, len(calls))))
    try:
        futures = {key: pool.submit(call) for key, call in calls.items()}
        done, late = wait(futures.values(), timeout=within, return_when=FIRST_EXCEPTION)
        for future in done:
            future.result()
        if late:
            raise Transient(f"The cluster had not answered everything after {within:.1f} s.")
        return {key: future.result() for key, future in futures.items()}
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def try_all(calls: Iterable[Callable[[], Any]]) -> tuple[list[Any], list[GamedayError]]:
    """The answers there were, in order, and the errors; one that fails never keeps another from its try."""
    waiting: Sequence[Callable[[], Any]] = list(calls)
    answers, errors = [], []
    with ThreadPoolExecutor(max(1, min(THREADS, len(waiting)))) as pool:
        for future in [pool.submit(call) for call in waiting]:
            try:
                answers.append(future.result())
            except GamedayError as error:
                errors.append(error)
    return answers, errors
