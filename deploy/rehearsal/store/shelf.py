"""The bare storage under the store: versions, history and the telling of changes."""

import logging
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from deploy.rehearsal.store.errors import expired
from deploy.rehearsal.store.kinds import Kind
from deploy.rehearsal.store.objects import Object, name_of, namespace_of

logger = logging.getLogger(__name__)

ChangeType = Literal["ADDED", "MODIFIED", "DELETED"]
Key = tuple[str, str]
"""(namespace, name)"""


@dataclass(frozen=True, slots=True)
class Change:
    """One write. `object` (for DELETED: its last state) and `old` belong to the store: read only."""

    type: ChangeType
    kind: Kind
    object: Object
    old: Object | None
    version: int


Callback = Callable[[Change], None]


class Shelf:
    """Objects by kind and key, each write with the next resourceVersion, the last `history` kept a kind."""

    def __init__(self, history: int) -> None:
        self.version = 1
        self._keep = history
        self._items: dict[Kind, dict[Key, Object]] = {}
        self._changes: dict[Kind, deque[Change]] = {}
        self._forgotten: dict[Kind, int] = {}
        self._callbacks: list[tuple[Kind | None, Callback]] = []
        self._untold: deque[Change] = deque()
        self._telling = False

    def find(self, kind: Kind, key: Key) -> Object | None:
        return self._items.get(kind, {}).get(key)

    def items(self, kind: Kind, namespace: str = "") -> Iterator[Object]:
        """In the order of etcd: by namespace, then name. Safe against writes while iterating."""
        for key, obj in sorted(self._items.get(kind, {}).items(), key=lambda item: item[0]):
            if not namespace or key[0] == namespace:
                yield obj

    def put(self, kind: Kind, obj: Object) -> None:
        key = (namespace_of(obj), name_of(obj))
        old = self.find(kind, key)
        self._stamp(obj)
        self._items.setdefault(kind, {})[key] = obj
        self._record(Change("MODIFIED" if old else "ADDED", kind, obj, old, self.version))

    def remove(self, kind: Kind, obj: Object) -> Object:
        """Take the object away; returns its last state, stamped with the version of its end."""
        old = self._items[kind].pop((namespace_of(obj), name_of(obj)))
        last = {**obj, "metadata": dict(obj["metadata"])}
        self._stamp(last)
        self._record(Change("DELETED", kind, last, old, self.version))
        return last

    def place(self, kind: Kind, obj: Object) -> None:
        """As it is, with its version, and nobody is told: for a mirror of what is kept elsewhere."""
        self._items.setdefault(kind, {})[namespace_of(obj), name_of(obj)] = obj

    def drop(self, kind: Kind, obj: Object) -> None:
        """Take away what was placed."""
        del self._items[kind][namespace_of(obj), name_of(obj)]

    def drop_kind(self, kind: Kind) -> None:
        """Forget a kind whose definition has gone. Its objects must have been removed before."""
        self._items.pop(kind, None)
        self._changes.pop(kind, None)

    def last_write(self, kind: Kind) -> int:
        """The version of this kind's latest change; 0 if there was none."""
        changes = self._changes.get(kind)
        return changes[-1].version if changes else 0

    def since(self, kind: Kind, version: int) -> list[Change]:
        """Changes of a kind after a version. Raises ApiError 410 where they are no longer all known."""
        oldest = self._forgotten.get(kind, 0)
        if version < oldest:
            raise expired(f"too old resource version: {version} ({oldest})")
        return [change for change in self._changes.get(kind, ()) if change.version > version]

    def forget(self, kind: Kind) -> None:
        """Drop the history of a kind, as compaction does: older watches get 410 Expired."""
        self._changes.pop(kind, None)
        self._forgotten[kind] = self.version

    def subscribe(self, callback: Callback, kind: Kind | None) -> Callable[[], None]:
        entry = (kind, callback)
        self._callbacks.append(entry)

        def unsubscribe() -> None:
            if entry in self._callbacks:
                self._callbacks.remove(entry)

        return unsubscribe

    def _stamp(self, obj: Object) -> None:
        self.version += 1
        obj["metadata"]["resourceVersion"] = str(self.version)

    def _record(self, change: Change) -> None:
        changes = self._changes.setdefault(change.kind, deque())
        if len(changes) >= self._keep:
            self._forgotten[change.kind] = changes.popleft().version
        changes.append(change)
        self._untold.append(change)
        self._tell()

    def _tell(self) -> None:
        """Writes made by a callback wait their turn, so that everyone hears changes in one order."""
        if self._telling:
            return
        self._telling = True
        try:
            while self._untold:
                change = self._untold.popleft()
                for kind, callback in list(self._callbacks):
                    if kind is None or kind == change.kind:
                        self._call(callback, change)
        finally:
            self._telling = False

    @staticmethod
    def _call(callback: Callback, change: Change) -> None:
        try:
            callback(change)
        except Exception:
            logger.exception("A subscriber failed on %s %s", change.type, name_of(change.object))
