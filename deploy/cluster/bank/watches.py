"""One kind of objects, listed and then watched for ever, each in a thread of its own."""

import logging
import queue
import threading
from typing import TypeAlias

from deploy.cluster.bank.wire import Wire, path_of
from deploy.rehearsal.store import ApiError, Kind, Object

logger = logging.getLogger(__name__)

LISTED = "LISTED"
News: TypeAlias = tuple[Kind, str, list[Object], int]
"""Kind, what happened (LISTED, ADDED, MODIFIED or DELETED), to which objects; the version of a list."""
PAUSE = 0.5  # seconds before the next try, where the API server does not answer


class Watch(threading.Thread):
    """After each end of a watch it lists again: what happened in between is not lost."""

    def __init__(self, wire: Wire, kind: Kind, news: "queue.SimpleQueue[News]") -> None:
        super().__init__(name=f"watch-{kind.plural}", daemon=True)
        self._wire, self._kind, self._news = wire, kind, news
        self._listed, self._stopped = threading.Event(), threading.Event()
        self._refused: ApiError | None = None

    def wait_listed(self, within: float) -> None:
        """Returns after the first list. Raises ApiError where there is none within those seconds."""
        if not self._listed.wait(within):
            raise self._refused or ApiError(503, "Timeout", f"{self._kind.resource} could not be listed")

    def run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._once()
            except ApiError as refused:
                self._refused = refused
                logger.info("Watching %s anew: %s", self._kind.plural, refused)
                self._stopped.wait(PAUSE)

    def stop(self) -> None:
        """No further list or watch; the one that is open ends with its server, or by itself."""
        self._stopped.set()

    def _once(self) -> None:
        path = path_of(self._kind)
        found = self._wire.ask("GET", path)
        version = str(found["metadata"]["resourceVersion"])
        self._news.put((self._kind, LISTED, found.get("items") or [], int(version)))
        self._listed.set()
        for what, obj in self._wire.watch(path, version):
            self._news.put((self._kind, what, [obj], 0))
