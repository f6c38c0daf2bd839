"""The API server as an ASGI application: who asks, what for, what goes wrong today, and the answer."""

import asyncio
import logging
import time
from collections.abc import Mapping
from contextlib import suppress

from deploy.rehearsal.api.discovery import discover
from deploy.rehearsal.api.http import (
    Answer,
    App,
    Receive,
    Request,
    Scope,
    Send,
    encode,
    read_request,
    refusal,
    send_answer,
)
from deploy.rehearsal.api.mishaps import Effect, Mishap, Mishaps, refused
from deploy.rehearsal.api.openapi import openapi
from deploy.rehearsal.api.pace import SERVED_AFTER, Pace
from deploy.rehearsal.api.protocol import hang_up
from deploy.rehearsal.api.reviews import REVIEWS, review
from deploy.rehearsal.api.routes import Target, find_target, no_such_resource, split_group
from deploy.rehearsal.api.tokens import Identity, Tokens, authorize, denied
from deploy.rehearsal.api.verbs import carry_out
from deploy.rehearsal.api.watching import Watch
from deploy.rehearsal.store import ApiError, Kind, Store

logger = logging.getLogger(__name__)
_OPEN_TO_ALL = ("/healthz", "/livez", "/readyz")


class Api:
    """`mounts`: path prefix -> ASGI application that answers below it, without authentication."""

    def __init__(
        self,
        store: Store,
        tokens: Tokens,
        *,
        mishaps: Mishaps | None = None,
        pace: Pace | None = None,
        mounts: Mapping[str, App] | None = None,
    ) -> None:
        self.store = store
        self.tokens = tokens
        self.mishaps = mishaps or Mishaps()
        self.pace = pace or Pace()
        self.mounts = dict(mounts or {})
        self.stopping = asyncio.Event()
        self._late: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        path = scope["path"]
        for prefix, app in self.mounts.items():
            if path == prefix or path.startswith(prefix.rstrip("/") + "/"):
                return await app(scope, receive, send)
        try:
            request = await read_request(scope, receive)
            await self._answer(request, scope, receive, send)
        except ApiError as error:
            await send_answer(send, refusal(error))

    def served_kinds(self) -> dict[tuple[str, str], Kind]:
        """A new CRD's kind is served only a while after it is Established, as on a real server."""
        late = time.monotonic() - SERVED_AFTER * self.pace.scale
        established = self.store.definitions.established
        return {
            key: kind
            for key, kind in self.store.kinds.items()
            if not kind.custom or self.pace.scale == 0 or established.get(kind, 0.0) <= late
        }

    async def _answer(self, request: Request, scope: Scope, receive: Receive, send: Send) -> None:
        if request.path in _OPEN_TO_ALL:
            return await send_answer(send, Answer("ok"))
        kinds = self.served_kinds()
        if request.path.rstrip("/") == "/version":
            return await send_answer(send, Answer(discover("/version", kinds.values())))
        identity = self.tokens.identify(request.headers.get("authorization", ""))
        if fixed := self._fixed(request, identity, kinds):
            return await send_answer(send, fixed)
        target = find_target(request, kinds)
        mishap = self.mishaps.draw(target, request.path, identity.user)
        if mishap and mishap.effect is Effect.FORBID:
            raise denied(identity, target)
        authorize(identity, target)
        if mishap and await self._struck(mishap, target, request, scope):
            return None
        await self.pace.wait(self.store, target, request)
        lost = mishap is not None and mishap.effect is Effect.LOSE_ANSWER
        if target.verb == "watch":
            await self._watch(target, request, receive, send, mishap.seconds if lost and mishap else None)
        else:
            answer = carry_out(self.store, target, request)
            if not lost:
                return await send_answer(send, answer)
        if lost:
            hang_up(scope)
        return None

    def _fixed(
        self, request: Request, identity: Identity, kinds: Mapping[tuple[str, str], Kind]
    ) -> Answer | None:
        """Discovery, OpenAPI and reviews: answered at once and spared all mishaps."""
        split = split_group(request.path)
        if split and request.method == "POST" and len(split[2]) == 1 and (split[0], split[2][0]) in REVIEWS:
            return review(request, identity, split[0], split[2][0])
        if request.method != "GET":
            return None
        if request.path.startswith("/openapi/"):
            document = openapi(request.path.rstrip("/"), kinds.values())
            if document is None:
                raise no_such_resource()
            return Answer(document)
        document = discover(request.path, kinds.values())
        return None if document is None else Answer(document)

    async def _struck(self, mishap: Mishap, target: Target, request: Request, scope: Scope) -> bool:
        """True where the mishap leaves nothing more to do. Raises the ApiError it answers with."""
        match mishap.effect:
            case Effect.REFUSE:
                raise refused(mishap)
            case Effect.DELAY:
                await self._sleep(mishap.seconds)
                return False
            case Effect.HANG:
                await self._sleep(mishap.seconds or float("inf"))
                hang_up(scope)
                return True
            case Effect.APPLY_LATE:
                task = asyncio.create_task(self._apply_late(mishap.seconds, target, request))
                self._late.add(task)
                task.add_done_callback(self._late.discard)
                if mishap.code:
                    raise refused(mishap)
                hang_up(scope)
                return True
            case _:
                return False

    async def _sleep(self, seconds: float) -> None:
        """Sleep, but no longer than the server lives."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.stopping.wait(), None if seconds == float("inf") else seconds)

    async def _apply_late(self, seconds: float, target: Target, request: Request) -> None:
        await asyncio.sleep(seconds)
        with suppress(ApiError):
            carry_out(self.store, target, request)

    async def _watch(
        self, target: Target, request: Request, receive: Receive, send: Send, cut_after: float | None
    ) -> None:
        watch = Watch(self.store, target, request)
        seconds = request.number("timeoutSeconds") if cut_after is None else cut_after
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})

        async def tell() -> None:
            async for event in watch.events():
                await send({"type": "http.response.body", "body": encode(event) + b"\n", "more_body": True})

        ends = [asyncio.ensure_future(one) for one in (tell(), _gone(receive), self.stopping.wait())]
        try:
            await asyncio.wait(ends, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for end in ends:
                end.cancel()
            watch.close()
        if cut_after is None:
            await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _gone(receive: Receive) -> None:
    """Returns when the client has hung up."""
    while (await receive())["type"] != "http.disconnect":
        pass
