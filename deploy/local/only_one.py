"""One `make day` and one `make demo` at a time in a clone: the second would take the first for a leftover."""

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path

from .say import Trouble


@contextlib.contextmanager
def only_one(verb: str, run: Path) -> Iterator[None]:
    """Hold the lock of `verb` in the folder `run`; the kernel lets go of it however this process ends.

    Raises Trouble where another one holds it.
    """
    run.mkdir(parents=True, exist_ok=True)
    with (run / f"{verb}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Trouble(
                f"Another `make {verb}` is under way in this clone. Wait for its end, or stop it."
            ) from error
        yield
