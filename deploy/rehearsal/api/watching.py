"""Watches: changes as they happen, one JSON line each."""

import asyncio
from collections.abc import AsyncIterator, Iterable

from deploy.rehearsal.api.http import Request
from deploy.rehearsal.api.routes import Target
from deploy.rehearsal.api.tables import table, wants_table
from deploy.rehearsal.store import ApiError, Change, Object, Store
from deploy.rehearsal.store.errors import bad_request
from deploy.rehearsal.store.objects import name_of, namespace_of
from deploy.rehearsal.store.selectors import fields_test, labels_test


class Watch:
    """One client's watch. It listens from its creation on, so that nothing is missed before `events`."""

    def __init__(self, store: Store, target: Target, request: Request) -> None:
        self._target = target
        self._request = request
        self._labels = labels_test(request.one("labelSelector"))
        self._fields = fields_test(target.kind, request.one("fieldSelector"))
        self._queue: asyncio.Queue[Change] = asyncio.Queue()
        self._past = self._begin(store)
        self.close = store.subscribe(self._queue.put_nowait, target.kind)

    def _begin(self, store: Store) -> list[Object]:
        """What there is to tell at once: missed changes, or all objects where no version is given."""
        text = self._request.one("resourceVersion")
        if text in ("", "0"):
            current = store.view(self._target.kind, self._target.namespace)
            return [{"type": "ADDED", "object": obj} for obj in current if self._concerns(obj)]
        try:
            missed = store.shelf.since(self._target.kind, int(text))
        except ValueError:
            raise bad_request(f'Invalid value: "{text}": resourceVersion is not a number') from None
        except ApiError as error:
            return [{"type": "ERROR", "object": error.body()}]
        return [event for change in missed for event in self._told(change)]

    async def events(self) -> AsyncIterator[Object]:
        """Events without end; after an ERROR there are none, and the watch is over."""
        for event in self._past:
            yield self._shown(event)
            if event["type"] == "ERROR":
                return
        while True:
            for event in self._told(await self._queue.get()):
                yield self._shown(event)

    def _concerns(self, obj: Object | None) -> bool:
        if obj is None:
            return False
        here = self._target.namespace in ("", namespace_of(obj))
        named = self._target.name in ("", name_of(obj))
        return here and named and self._labels(obj["metadata"].get("labels") or {}) and self._fields(obj)

    def _told(self, change: Change) -> Iterable[Object]:
        """An object that begins to match is ADDED for this client, one that ceases to is DELETED."""
        now = change.type != "DELETED" and self._concerns(change.object)
        before = self._concerns(change.old)
        if now:
            yield {"type": "MODIFIED" if before else "ADDED", "object": change.object}
        elif before:
            yield {"type": "DELETED", "object": change.object}

    def _shown(self, event: Object) -> Object:
        if event["type"] == "ERROR" or not wants_table(self._request):
            return event
        full = self._request.one("includeObject") == "Object"
        obj = event["object"]
        return {**event, "object": table(self._target.kind, [obj], obj["metadata"], full=full)}
