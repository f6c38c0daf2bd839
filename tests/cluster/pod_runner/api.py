"""The Kubernetes API in raw JSON for whoever holds a kubeconfig: calls and watches, and nothing else."""

from __future__ import annotations

import base64
import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import urllib3
import yaml

Json = dict[str, Any]

WITHIN = urllib3.Timeout(connect=5.0, read=30.0)
WATCH_SECONDS = 240
STRATEGIC, MERGE = "application/strategic-merge-patch+json", "application/merge-patch+json"


class ApiError(Exception):
    """The server refused (`code`), or could not be reached (`code` 0)."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{message} ({code})" if code else message)
        self.code = code

    @property
    def is_passing(self) -> bool:
        """Asked again later it may well work."""
        return self.code in (0, 429) or self.code >= 500


class Api:
    """Safe for many threads. Raises ApiError."""

    def __init__(self, kubeconfig: Path) -> None:
        config = yaml.safe_load(kubeconfig.read_text())
        names = _named(config["contexts"], config["current-context"])["context"]
        cluster = _named(config["clusters"], names["cluster"])["cluster"]
        user = _named(config["users"], names["user"])["user"]
        self.server: str = cluster["server"].rstrip("/")
        self.authority = _content(cluster, "certificate-authority", kubeconfig.parent)
        self._token: str = user.get("token", "")
        self._secrets = tempfile.TemporaryDirectory(prefix="api-")
        self._http = urllib3.PoolManager(
            maxsize=32,
            retries=False,
            ca_cert_data=self.authority or None,
            cert_file=self._kept(_content(user, "client-certificate", kubeconfig.parent), "crt"),
            key_file=self._kept(_content(user, "client-key", kubeconfig.parent), "key"),
        )

    def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        kind: str = "application/json",
        **query: str,
    ) -> Json:
        response = self._request(method, path, body, kind, query)
        return dict(json.loads(response.data or b"{}"))

    def watch(self, path: str, since: str, **query: str) -> Iterator[tuple[str, Json]]:
        """What changes from the resourceVersion `since` on; ends by itself after some minutes."""
        query |= {"watch": "true", "resourceVersion": since, "timeoutSeconds": str(WATCH_SECONDS)}
        response = self._request("GET", path, None, "application/json", query, streamed=True)
        rest = b""
        try:
            for chunk in response.stream():
                *lines, rest = (rest + chunk).split(b"\n")
                for line in filter(None, lines):
                    event = json.loads(line)
                    if event["type"] == "ERROR":
                        raise ApiError(
                            int(event["object"].get("code", 0)), event["object"].get("message", "")
                        )
                    yield event["type"], event["object"]
        except urllib3.exceptions.HTTPError as error:
            raise ApiError(0, str(error)) from error
        finally:
            response.release_conn()

    def _request(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None,
        kind: str,
        query: Mapping[str, str],
        streamed: bool = False,
    ) -> urllib3.BaseHTTPResponse:
        headers = {"Accept": "application/json", "Content-Type": kind}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        try:
            response = self._http.request(
                method,
                f"{self.server}{path}?{urlencode(query)}" if query else f"{self.server}{path}",
                body=None if body is None else json.dumps(body),
                headers=headers,
                preload_content=not streamed,
                timeout=urllib3.Timeout(connect=5.0, read=WATCH_SECONDS + 30.0) if streamed else WITHIN,
            )
        except urllib3.exceptions.HTTPError as error:
            raise ApiError(0, f"{method} {path}: {error}") from error
        if response.status >= 400:
            raise ApiError(response.status, f"{method} {path}: {_reason(response)}")
        return response

    def _kept(self, content: str, name: str) -> str | None:
        if not content:
            return None
        file = Path(self._secrets.name, name)
        file.write_text(content)
        return str(file)


def pod_path(pod: Json) -> str:
    return f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/{pod['metadata']['name']}"


def _named(items: list[Json], name: str) -> Json:
    return next(item for item in items if item["name"] == name)


def _content(holder: Json, key: str, folder: Path) -> str:
    """What lies under `key` as a file or under `key`-data in base64; empty where there is neither."""
    if data := holder.get(f"{key}-data"):
        return base64.b64decode(data).decode()
    return (folder / holder[key]).read_text() if key in holder else ""


def _reason(response: urllib3.BaseHTTPResponse) -> str:
    text = response.data.decode(errors="replace")
    try:
        return str(json.loads(text)["message"])
    except (ValueError, KeyError, TypeError):
        return text[:300]
