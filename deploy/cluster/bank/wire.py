"""Requests and watches, with the API server's refusals as the rehearsal cluster knows them."""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

import urllib3

from deploy.cluster.handle import Answered, Cluster
from deploy.rehearsal.store import ApiError, Kind, Object

WATCH_SECONDS = 240
CONNECT, SILENT = 5.0, 30.0  # seconds


class Wire:
    """One cluster's API as its administrator; for many threads. Raises ApiError, 503 where nobody answers."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster, self._client = cluster, cluster.client

    def ask(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, kind: str = "json"
    ) -> Object:
        """One request; `kind` of a PATCH: merge-patch+json and its like."""
        try:
            return self._cluster.ask(method, path, body, kind)
        except Answered as refused:
            raise _refusal(refused) from refused
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise ApiError(503, "ServiceUnavailable", f"{method} {path}: {error}") from error

    def watch(self, path: str, since: str) -> Iterator[tuple[str, Object]]:
        """What changes from that resourceVersion on; ends by itself after some minutes."""
        asked = {"watch": "true", "resourceVersion": since, "timeoutSeconds": str(WATCH_SECONDS)}
        headers = {"Accept": "application/json"}
        self._client.update_params_for_auth(headers, [], ["BearerToken"], path, "GET", None)
        try:
            response = self._client.rest_client.pool_manager.request(
                "GET",
                f"{self._cluster.server.rstrip('/')}{path}?{urlencode(asked)}",
                headers=headers,
                preload_content=False,
                retries=False,
                timeout=urllib3.Timeout(connect=CONNECT, read=WATCH_SECONDS + SILENT),
            )
            with response:
                if response.status != 200:
                    raise ApiError(response.status, "", response.read().decode(errors="replace")[:500])
                yield from _events(response)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise ApiError(503, "ServiceUnavailable", f"watch {path}: {error}") from error


def path_of(kind: Kind, namespace: str = "", name: str = "", subresource: str = "") -> str:
    """Where objects of that kind are; without a namespace, those of all."""
    root = f"/apis/{kind.group}/{kind.version}" if kind.group else f"/api/{kind.version}"
    where = f"/namespaces/{namespace}" if kind.namespaced and namespace else ""
    return root + where + "".join(f"/{part}" for part in (kind.plural, name, subresource) if part)


def _events(response: Any) -> Iterator[tuple[str, Object]]:
    rest = b""
    for chunk in response.stream():
        *lines, rest = (rest + chunk).split(b"\n")
        for line in filter(None, lines):
            event = json.loads(line)
            if event["type"] == "ERROR":
                status = event["object"]
                raise ApiError(
                    int(status.get("code", 0)), status.get("reason", ""), status.get("message", "")
                )
            yield event["type"], event["object"]


def _refusal(refused: Answered) -> ApiError:
    said = str(refused).partition(": ")[2]
    try:
        status = json.loads(said)
        return ApiError(refused.status, str(status["reason"]), str(status["message"]), status.get("details"))
    except (ValueError, KeyError, TypeError):
        return ApiError(refused.status, "", said)
