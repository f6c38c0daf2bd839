"""A child that is told when its parent dies, however that died: Linux sends it a signal of our choice."""

import ctypes
import os
import signal
from collections.abc import Callable

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def tether(number: signal.Signals) -> Callable[[], None]:
    """A preexec_fn: sends `number` to the child when the thread that starts it ends.

    To be made and used in that thread; a child that comes too late for it exits with 1.
    """
    parent = os.getpid()

    def bind() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:  # it died before the line above
            os._exit(1)

    return bind
