"""Requests and answers, as thin as an API server needs them on bare ASGI."""

import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import parse_qs

from deploy.rehearsal.store import Object
from deploy.rehearsal.store.errors import ApiError, bad_request

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

_LARGEST_BODY = 3 * 1024 * 1024  # what etcd and the API server put up with


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes

    def one(self, name: str, default: str = "") -> str:
        """A query parameter given once."""
        return self.query.get(name, [default])[0]

    def number(self, name: str) -> int | None:
        """A query parameter as an integer; None where it is absent. Raises ApiError 400."""
        text = self.one(name)
        if not text:
            return None
        try:
            return int(text)
        except ValueError:
            raise bad_request(f'query parameter {name}: "{text}" is not an integer') from None

    def flag(self, name: str) -> bool:
        return self.one(name).lower() in ("true", "1")

    def content_type(self) -> str:
        return self.headers.get("content-type", "application/json").partition(";")[0].strip()

    def json(self) -> Any:
        """The body. Raises ApiError 415 for other media types and 400 where it is not JSON."""
        if "protobuf" in self.content_type() or "yaml" in self.content_type():
            raise unsupported_media_type("application/json")
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise bad_request(f"the object provided is unrecognized: {error}") from None

    def object(self) -> Object:
        """The body, which must be a JSON object."""
        body = self.json()
        if not isinstance(body, dict):
            raise bad_request("the body of this request must be a JSON object")
        return body


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. `body` is JSON data, or text for logs."""

    body: Any
    code: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def unsupported_media_type(*accepted: str) -> ApiError:
    known = ", ".join(accepted)
    return ApiError(
        415,
        "UnsupportedMediaType",
        f"the body of the request was in an unknown format - accepted media types include: {known}",
    )


def refusal(error: ApiError) -> Answer:
    return Answer(error.body(), error.code, error.headers)


async def read_request(scope: Scope, receive: Receive) -> Request:
    """The whole request. Raises ApiError 413 for a body that is too large."""
    chunks, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > _LARGEST_BODY:
            raise ApiError(413, "RequestEntityTooLarge", "limit is 3145728 bytes")
        more = message.get("more_body", False)
    return Request(
        method=scope["method"],
        path=scope["path"],
        query=parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True),
        headers={name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]},
        body=b"".join(chunks),
    )


def encode(body: Any) -> bytes:
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()


async def send_answer(send: Send, answer: Answer) -> None:
    text = isinstance(answer.body, str)
    content = answer.body.encode() if text else encode(answer.body) + b"\n"
    headers = {
        "content-type": "text/plain; charset=utf-8" if text else "application/json",
        "content-length": str(len(content)),
        **answer.headers,
    }
    pairs = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    for warning in answer.warnings:
        quoted = warning.replace("\\", "\\\\").replace('"', '\\"')
        pairs.append((b"warning", f'299 - "{quoted}"'.encode()))
    await send({"type": "http.response.start", "status": answer.code, "headers": pairs})
    await send({"type": "http.response.body", "body": content})
