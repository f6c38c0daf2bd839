"""Programs that take time, written top to bottom: generators that yield the seconds they want to wait."""

import logging
from collections.abc import Callable, Generator
from typing import TypeAlias

from deploy.rehearsal.store import ApiError

logger = logging.getLogger(__name__)

Steps: TypeAlias = Generator[float, None, int]
"""Yields seconds to wait, returns an exit code."""


class Terminated(Exception):
    """SIGTERM, raised inside the program where it waits. SIGKILL is not raised: the program just ends."""


class Process:
    """One running program. `exit_code` is None while it runs; 137 after a kill, 143 after a plain SIGTERM."""

    def __init__(self, steps: Steps, now: float) -> None:
        self._steps = steps
        self._wake = now
        self._asked_to_end = False
        self.exit_code: int | None = None

    def run(self, now: float) -> None:
        """Let the program go on if its wait is over; where time jumps, it lives through all it missed."""
        while self.exit_code is None and now >= self._wake - 1e-9:
            self._resume(self._wake, lambda: next(self._steps))

    def terminate(self, now: float) -> None:
        """SIGTERM, once: the program may catch it and go on until it is killed."""
        if self.exit_code is None and not self._asked_to_end:
            self._asked_to_end = True
            self._resume(now, lambda: self._steps.throw(Terminated()))

    def kill(self) -> None:
        if self.exit_code is None:
            self.exit_code = 137
            self._steps.close()

    def _resume(self, now: float, step: Callable[[], float]) -> None:
        try:
            self._wake = now + step()
        except StopIteration as end:
            self.exit_code = end.value or 0
        except Terminated:
            self.exit_code = 143
        except ApiError as refused:
            logger.warning("A program ended: %s", refused)
            self.exit_code = 1
