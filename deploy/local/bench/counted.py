"""The product's connection to a cluster, counting what goes over it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from chaos.adapters.kubernetes_api import Connection, KubernetesApi


@dataclass(frozen=True, slots=True)
class Call:
    """One request: a list of many pages is as many calls. `items`: how many objects came in a list."""

    method: str
    path: str
    query: Mapping[str, str]
    items: int | None

    @property
    def is_list(self) -> bool:
        return self.items is not None

    def __str__(self) -> str:
        """Without what differs from page to page, and without names."""
        told = "&".join(f"{key}={value}" for key, value in sorted(self.query.items()) if key != "continue")
        return f"{self.method} {self.path}" + (f"?{told}" if told else "")


class CountedApi(KubernetesApi):
    """Safe for many threads."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._calls: list[Call] = []
        self._counting = threading.Lock()

    @contextmanager
    def counted(self) -> Iterator[list[Call]]:
        """The calls that were made while it lasted: complete when it has ended."""
        found: list[Call] = []
        with self._counting:
            self._calls = found
        try:
            yield found
        finally:
            with self._counting:
                self._calls = []

    def _call(self, method: str, path: str, *rest: Any, **more: Any) -> dict[str, Any]:
        parts, items = urlsplit(path), None
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        try:
            answer = super()._call(method, path, *rest, **more)
            if isinstance(answer.get("items"), list):
                items = len(answer["items"])
            return answer
        finally:
            with self._counting:
                self._calls.append(Call(method, parts.path, query, items))
