"""How long a process stands still. Python's full garbage collection stops all threads: for some 80 ms, with
all of Django's modules loaded. What starting left behind lives as long as the process does, so it is taken
out of what is looked through; then it is about a millisecond.
"""

from __future__ import annotations

import gc
from typing import Any


def settle(**_: Any) -> None:
    """To be called once a process has started, with all that it needs imported; also by a signal."""
    gc.collect()
    gc.freeze()
