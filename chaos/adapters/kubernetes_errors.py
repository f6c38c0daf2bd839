"""What a Kubernetes API server's refusals and silences mean, said for a person.

Every way in which a call can fail ends here as one of our own errors, with the cause chained.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

import urllib3.exceptions
from kubernetes.client.exceptions import ApiException

from chaos.domain.errors import Forbidden, GamedayError, Permanent, Refused, Transient


class NotFound(Permanent):
    """The object, or its whole kind, is not there."""


class Conflict(Transient):
    """409: the name is taken, or a precondition (UID, resourceVersion) no longer holds."""


def from_answer(status: int, body: bytes, retry_after: str | None, what: str) -> GamedayError:
    """The error for an answer that is not 2xx. `what` says what was asked: `delete pods in chaos`."""
    said = _message(body)
    if status in (401, 403):
        return _forbidden(status, said, what)
    if status == 404:
        return NotFound(f"Not found: {what}.{said}")
    if status == 409:
        return Conflict(f"In conflict: {what}.{said}", retry_after=0.5)
    if status in (400, 413, 415, 422):
        return Refused(f"The cluster refuses to {what} as asked.{said}")
    if status == 410:
        return Transient(f"The list went stale while reading: {what}. It is read again from its start.")
    if status in (408, 429) or status >= 500:
        return Transient(f"The API server answered {status} to: {what}.{said}", _seconds(retry_after))
    if 300 <= status < 400:
        return Transient(
            f"The server redirects ({status}) on: {what}. A sign-in page or a proxy may stand before it; "
            "check the server's address."
        )
    return Permanent(f"The API server answered {status} to: {what}.{said}")


def raise_for(error: Exception, what: str) -> NoReturn:
    """Turns what urllib3 and the client raise into ours. The call may have taken effect all the same."""
    if isinstance(error, GamedayError):
        raise error
    if isinstance(error, urllib3.exceptions.NewConnectionError):
        raise Transient(
            f"There is no connection to the API server: {what}. Is it up, and is the address right?"
        ) from error
    if isinstance(error, urllib3.exceptions.ConnectTimeoutError):
        raise Transient(f"The API server could not be reached in time: {what}.") from error
    if isinstance(error, (urllib3.exceptions.TimeoutError, TimeoutError)):
        raise Transient(f"The API server did not answer in time: {what}.") from error
    if isinstance(error, (urllib3.exceptions.SSLError, ApiException)):
        raise Transient(
            f"The TLS connection to the API server failed: {what}. {_short(error)} Check the CA."
        ) from error
    if isinstance(error, (urllib3.exceptions.HTTPError, OSError)):
        raise Transient(f"The connection broke before the answer was in: {what}. {_short(error)}") from error
    raise error


def not_json(what: str) -> Transient:
    return Transient(
        f"The answer is not JSON, so it is not the API server's: {what}. "
        "A sign-in page or a proxy may stand before it."
    )


def _forbidden(status: int, said: str, what: str) -> Forbidden:
    if status == 401:
        return Forbidden(f"The cluster does not accept our token (401): {what}. Give it a new one.{said}")
    return Forbidden(f"Gameday may not {what}; grant its service account this verb there.{said}")


def _message(body: bytes) -> str:
    """The server's own sentence, if it gave one."""
    try:
        status: Any = json.loads(body)
        message = str(status["message"])
    except (ValueError, KeyError, TypeError):
        return ""
    return f" The server says: {message[:500]}"


def _seconds(retry_after: str | None) -> float | None:
    try:
        return max(0.0, float(retry_after)) if retry_after else None
    except ValueError:
        return None


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
