"""uvicorn's HTTP protocol, with one ability more: to hang up on a client without an answer."""

import asyncio
import logging

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from deploy.rehearsal.api.http import Scope

_TRANSPORT = "rehearsal.transport"


class RehearsalProtocol(HttpToolsProtocol):
    """Puts the connection's transport into the scope, for `hang_up`."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        extensions = self.scope.setdefault("extensions", {})
        if extensions is not None:
            extensions[_TRANSPORT] = self.transport  # type: ignore[assignment]


def hang_up(scope: Scope) -> None:
    """Close the connection as a crash or a cut cable would; nothing more is sent."""
    transport: asyncio.Transport | None = (scope.get("extensions") or {}).get(_TRANSPORT)
    if transport is not None:
        transport.abort()


logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
