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
from deploy.rehearsal.api.watching import Watch, first_of, gone, stream
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
        if mishap is None:
            return await self._serve(target, request, receive, send)
        return await self._strike(mishap, target, request, scope, receive, send)

    async def _serve(self, target: Target, request: Request, receive: Receive, send: Send) -> None:
        await self.pace.wait(self.store, target, request)
        if target.verb == "watch":
            watch = Watch(self.store, target, request)
            await stream(watch, receive, send, self.stopping, request.number("timeoutSeconds"))
        else:
            await send_answer(send, carry_out(self.store, target, request))

    async def _strike(
        self, mishap: Mishap, target: Target, request: Request, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Let the mishap happen. Raises the ApiError it answers with."""
        match mishap.effect:
            case Effect.REFUSE:
                raise refused(mishap)
            case Effect.DELAY:
                await first_of(self.stopping.wait(), timeout=mishap.seconds)
                return await self._serve(target, request, receive, send)
            case Effect.LOSE_ANSWER if target.verb == "watch":
                watch = Watch(self.store, target, request)
                await stream(watch, receive, send, self.stopping, mishap.seconds, ended=False)
            case Effect.LOSE_ANSWER:
                await self.pace.wait(self.store, target, request)
                with suppress(ApiError):
                    carry_out(self.store, target, request)
            case Effect.APPLY_LATE:
                task = asyncio.create_task(self._apply_late(mishap.seconds, target, request))
                self._late.add(task)
                task.add_done_callback(self._late.discard)
                if mishap.code:
                    raise refused(mishap)
            case _:
                await first_of(self.stopping.wait(), gone(receive), timeout=mishap.seconds or None)
        hang_up(scope)
        await gone(receive)

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

    async def _apply_late(self, seconds: float, target: Target, request: Request) -> None:
        await asyncio.sleep(seconds)
        with suppress(ApiError):
            carry_out(self.store, target, request)
