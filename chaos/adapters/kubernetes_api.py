"""Raw JSON over the official Kubernetes client: the one place that knows its traps.

The typed models refuse what they do not know, nothing has a timeout by default, and by default urllib3
repeats a DELETE four times. So: no models, a timeout on each call, no repetition, no redirects.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from kubernetes.client import ApiClient, Configuration

from chaos.adapters.kubernetes_answers import object_of, parsed, whole
from chaos.adapters.kubernetes_errors import NotFound, from_answer, raise_for
from chaos.adapters.kubernetes_paths import Resource, field_selector, selector, what_is_asked
from chaos.adapters.peers import watch
from chaos.adapters.token_file import Credential, KeptSecret, TokenFile
from chaos.domain.errors import Forbidden, GamedayError, Refused

Json = dict[str, Any]

PAGE = 250
NAMESPACES = Resource("v1", "namespaces")


@dataclass(frozen=True, slots=True)
class Connection:
    """Where a cluster is and who we are there. With neither CA, the system's are trusted.

    Times are in seconds; `read_timeout` bounds the whole answer, not one packet of it. `token` opens the
    token that the application keeps; it goes before `token_file`.
    """

    server: str
    ca_file: str | None = None
    token_file: str | None = None
    ca_pem: str = field(default="", repr=False)
    token: Callable[[], str] | None = field(default=None, repr=False)
    proxy: str = ""
    connect_timeout: float = 2.0
    read_timeout: float = 5.0


class KubernetesApi:
    """One cluster connection, safe for many threads; it builds itself anew in a forked process.

    Raises `NotFound`, `Conflict`, `Forbidden`, `Refused`, `Permanent` or `Transient`, and nothing else.
    Each verb takes `within`: the seconds for this call, when they are fewer than usual.

    A namespace that is deleted takes the rights that were given in it along. So where `get` or `list` is
    refused in one, the namespace itself is asked for: in one that is not there, there is nothing.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        parts = urlsplit(connection.server)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Refused(f"{connection.server!r} is no server address; write https://host:port.")
        self._credential: Credential = (
            KeptSecret(connection.token, parts.scheme, parts.hostname)
            if connection.token
            else TokenFile(connection.token_file, parts.scheme, parts.hostname)
        )
        self._lock = threading.Lock()
        self._made_in = 0
        self._client: ApiClient | None = None

    def get(self, resource: Resource, namespace: str, name: str, *, within: float | None = None) -> Json:
        what = what_is_asked("get", resource, namespace, name)
        try:
            return object_of(self._call("GET", resource.path(namespace, name), what, within=within), what)
        except Forbidden as error:
            if self._is_no_more(namespace, within):
                raise NotFound(f"Not found: {what}; the namespace is not there.") from error
            raise

    def read(self, path: str, *, within: float | None = None) -> Json:
        """A discovery path such as `/apis/litmuschaos.io/v1alpha1`."""
        return self._call("GET", path, f"read {path}", within=within)

    def list(
        self,
        resource: Resource,
        namespace: str,
        labels: Mapping[str, str | None] | None = None,
        *,
        fields: Mapping[str, str] | None = None,
        within: float | None = None,
    ) -> list[Json]:
        """All pages; an empty `namespace` means all of them. A list that went stale is Transient."""
        return [*self.each(resource, namespace, labels, fields=fields, within=within)]

    def each(
        self,
        resource: Resource,
        namespace: str,
        labels: Mapping[str, str | None] | None = None,
        *,
        fields: Mapping[str, str] | None = None,
        within: float | None = None,
    ) -> Iterator[Json]:
        """As `list`, object by object: of a long list no more than a page is held."""
        query = {"limit": str(PAGE)}
        if labels:
            query["labelSelector"] = selector(labels)
        if fields:
            query["fieldSelector"] = field_selector(fields)
        what = what_is_asked("list", resource, namespace)
        return self._pages(resource.path(namespace), namespace, query, what, within)

    def create(
        self, resource: Resource, namespace: str, body: Mapping[str, Any], *, within: float | None = None
    ) -> Json:
        name = body.get("metadata", {}).get("name", "")
        return self._call(
            "POST",
            resource.path(namespace),
            what_is_asked("create", resource, namespace, name),
            body,
            within=within,
        )

    def merge_patch(self, resource: Resource, namespace: str, name: str, body: Mapping[str, Any]) -> Json:
        """A `metadata.resourceVersion` in `body` is a precondition: Conflict when it has moved on."""
        what = what_is_asked("patch", resource, namespace, name)
        return self._call("PATCH", resource.path(namespace, name), what, body)

    def delete(
        self,
        resource: Resource,
        namespace: str,
        name: str,
        *,
        uid: str = "",
        version: str = "",
        grace: int | None = None,
    ) -> None:
        """Background propagation. With `uid` only that very object: Conflict when the name is another's. With
        `version` only as it was read: Conflict when somebody has written to it since."""
        body: Json = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background"}
        wanted = {"uid": uid, "resourceVersion": version}
        if any(wanted.values()):
            body["preconditions"] = {key: value for key, value in wanted.items() if value}
        if grace is not None:
            body["gracePeriodSeconds"] = grace
        self._call(
            "DELETE", resource.path(namespace, name), what_is_asked("delete", resource, namespace, name), body
        )

    def may(self, verb: str, resource: Resource, namespace: str, name: str = "") -> bool:
        """Asks the cluster whether we have this verb (SelfSubjectAccessReview); `name`: on that object."""
        review = Resource("authorization.k8s.io/v1", "selfsubjectaccessreviews")
        asked = {
            "namespace": namespace,
            "verb": verb,
            "group": resource.group,
            "resource": resource.plural,
            **({"name": name} if name else {}),
        }
        body = {
            "apiVersion": review.api,
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": asked},
        }
        answer = self.create(review, "", body)
        return bool((answer.get("status") or {}).get("allowed"))

    def _is_no_more(self, namespace: str, within: float | None) -> bool:
        """Whether the API server says that there is no such namespace. False where it does not tell us."""
        try:
            if namespace:
                path = NAMESPACES.path("", namespace)
                self._call("GET", path, what_is_asked("get", NAMESPACES, "", namespace), within=within)
        except NotFound:
            return True
        except GamedayError:
            return False
        return False

    def _pages(
        self, path: str, namespace: str, query: dict[str, str], what: str, within: float | None
    ) -> Iterator[Json]:
        while True:
            try:
                page = self._call("GET", f"{path}?{urlencode(query)}", what, within=within)
            except Forbidden:
                if self._is_no_more(namespace, within):
                    return
                raise
            following = (page.get("metadata") or {}).get("continue")
            yield from (object_of(item, what) for item in page.get("items") or ())
            if not following:
                return
            del page  # before the next one is read: a page of pods can be 20 MB in memory
            query = {**query, "continue": following}

    def _call(
        self,
        method: str,
        path: str,
        what: str,
        body: Mapping[str, Any] | None = None,
        *,
        within: float | None = None,
    ) -> Json:
        connect, read = self.connection.connect_timeout, self.connection.read_timeout
        if within is not None:
            connect, read = min(connect, max(within, 0.05)), min(read, max(within, 0.05))
        headers = {"Accept": "application/json", "User-Agent": "gameday", **self._credential.header()}
        if body is not None:
            headers["Content-Type"] = (
                "application/merge-patch+json" if method == "PATCH" else "application/json"
            )
        deadline = time.monotonic() + connect + read
        try:
            answer = self._api().rest_client.request(
                method,
                self.connection.server.rstrip("/") + path,
                headers=headers,
                body=body,
                _request_timeout=(connect, read),
            )
            data = whole(answer.response, deadline, what)
        except Exception as error:
            raise_for(error, what)
        if not 200 <= answer.status < 300:
            raise from_answer(answer.status, data, answer.headers.get("Retry-After"), what)
        return parsed(data, what)

    def _api(self) -> ApiClient:
        """A connection pool must not be shared by a process and its fork."""
        with self._lock:
            if self._client is None or self._made_in != os.getpid():
                self._client, self._made_in = _client(self.connection), os.getpid()
            return self._client


def _client(connection: Connection) -> ApiClient:
    configuration = Configuration(
        host=connection.server, ssl_ca_cert=connection.ca_file, retries=False, no_proxy=""
    )
    configuration.proxy = connection.proxy or None
    configuration.connection_pool_maxsize = 16
    configuration.ca_cert_data = connection.ca_pem or None
    client = ApiClient(configuration)
    watch(client.rest_client.pool_manager)
    return client
