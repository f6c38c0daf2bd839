"""Ctrl-C and its kin, counted. Before the day is under way they end the program, then only count."""

import signal
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupts:
    """Listens for SIGINT, SIGTERM and SIGHUP from its making on.

    While `raising`, the first raises KeyboardInterrupt; else each only adds to `count`, for loops to see.
    """

    def __init__(self) -> None:
        self.count = 0
        self.raising = True
        for number in SIGNALS:
            signal.signal(number, self._heard)

    def _heard(self, number: int, frame: FrameType | None) -> None:
        self.count += 1
        if self.raising:
            self.raising = False  # what is stopped now must be stopped whole
            raise KeyboardInterrupt
