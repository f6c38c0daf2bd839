"""Watches: changes as they happen, one JSON line each."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterable
from typing import Any

from deploy.rehearsal.api.http import Receive, Request, Send, encode
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
        if text in ("", "0") or self._request.flag("sendInitialEvents"):
            current = store.view(self._target.kind, self._target.namespace)
            told = [{"type": "ADDED", "object": obj} for obj in current if self._concerns(obj)]
            return [*told, self._that_is_all(store)] if self._request.flag("sendInitialEvents") else told
        try:
            missed = store.shelf.since(self._target.kind, int(text))
        except ValueError:
            raise bad_request(f'Invalid value: "{text}": resourceVersion is not a number') from None
        except ApiError as error:
            return [{"type": "ERROR", "object": error.body()}]
        return [event for change in missed for event in self._told(change)]

    def _that_is_all(self, store: Store) -> Object:
        """The bookmark by which newer clients know that they have seen all there was."""
        meta = {
            "resourceVersion": str(store.version),
            "annotations": {"k8s.io/initial-events-end": "true"},
        }
        kind = self._target.kind
        about = {"kind": kind.kind, "apiVersion": kind.api_version, "metadata": meta}
        return {"type": "BOOKMARK", "object": about}

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
        if event["type"] in ("ERROR", "BOOKMARK") or not wants_table(self._request):
            return event
        full = self._request.one("includeObject") == "Object"
        obj = event["object"]
        return {**event, "object": table(self._target.kind, [obj], obj["metadata"], full=full)}


async def stream(
    watch: Watch,
    receive: Receive,
    send: Send,
    stopping: asyncio.Event,
    seconds: float | None,
    *,
    ended: bool = True,
) -> None:
    """Send a watch's events until it is over, the client leaves, the time is up or the server stops.

    ended=False leaves the answer unfinished, for a connection that is about to be cut.
    """
    await send(
        {
            "type": "http.response.start",
            "status": 200,
            "headers": [(b"content-type", b"application/json")],
        }
    )

    async def tell() -> None:
        async for event in watch.events():
            await send({"type": "http.response.body", "body": encode(event) + b"\n", "more_body": True})

    try:
        await first_of(tell(), gone(receive), stopping.wait(), timeout=seconds)
    finally:
        watch.close()
    if ended:
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def first_of(*ends: Awaitable[Any], timeout: float | None) -> None:
    """Wait for whichever comes first, but no longer than `timeout` seconds (None: no limit)."""
    tasks = [asyncio.ensure_future(one) for one in ends]
    try:
        await asyncio.wait(tasks, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()


async def gone(receive: Receive) -> None:
    """Returns when the client has hung up."""
    while (await receive())["type"] != "http.disconnect":
        pass
