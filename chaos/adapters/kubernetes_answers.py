"""Reading what came back: whole, in time, JSON, and an object where one is due. Raises Transient."""

from __future__ import annotations

import json
import time
from typing import Any

from chaos.adapters.kubernetes_errors import not_json
from chaos.domain.errors import Transient

MOST_BYTES = 64 * 1024 * 1024


def whole(response: Any, deadline: float, what: str) -> bytes:
    """The body, by a deadline for all of it: a server that trickles must not hold us."""
    parts, size = [], 0
    try:
        while part := response.read1(65536):
            parts.append(part)
            size += len(part)
            if time.monotonic() > deadline:
                raise Transient(f"The API server's answer came too slowly: {what}.")
            if size > MOST_BYTES:
                raise Transient(f"The API server's answer is larger than {MOST_BYTES >> 20} MiB: {what}.")
    except BaseException:
        response.close()
        raise
    response.release_conn()
    return b"".join(parts)


def object_of(item: Any, what: str) -> dict[str, Any]:
    """An object has a name and a UID; what has none is not from an API server."""
    meta = item.get("metadata") if isinstance(item, dict) else None
    if not isinstance(meta, dict) or not meta.get("name") or not meta.get("uid"):
        raise not_json(what)
    return dict(item)


def parsed(data: bytes, what: str) -> dict[str, Any]:
    try:
        answer = json.loads(data)
    except ValueError as error:
        raise not_json(what) from error
    if not isinstance(answer, dict):
        raise not_json(what)
    return answer
