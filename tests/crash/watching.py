"""Somebody who looks at the cluster all the time, and can say afterwards until when a fault was there."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from tests.crash.residue import alive

EVERY = 0.2


class Watch:
    """Looks from the beginning to the end of the `with`. `engines` are all that were ever seen, by name."""

    def __init__(self, look: Callable[[], dict[str, Any]]) -> None:
        self._look = look
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._keep_looking, name="watch", daemon=True)
        self.engines: set[str] = set()
        self.alive_at: datetime | None = None
        """When the last look began that still found something."""
        self.last: list[str] = []

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(10)

    def _keep_looking(self) -> None:
        while not self._over.wait(EVERY):
            began = datetime.now(UTC)
            try:
                seen = self._look()
            except OSError:
                continue
            self.engines |= {name for name in seen["engines"] if name.startswith("chaos/")}
            if found := alive(seen):
                self.alive_at, self.last = began, found
