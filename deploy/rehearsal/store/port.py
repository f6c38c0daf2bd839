"""What controllers, programs and the traffic see of a cluster: `Cluster`.

`Store` is a cluster by itself. Another one can be the mirror of a cluster elsewhere: it puts on its shelf
what it hears of there, and hands writes on. Reading is the same for all of them.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from deploy.rehearsal.store import errors
from deploy.rehearsal.store.kinds import Kind
from deploy.rehearsal.store.objects import Object, clone, name_of, namespace_of
from deploy.rehearsal.store.patches import PatchType
from deploy.rehearsal.store.selectors import fields_test, labels_test
from deploy.rehearsal.store.shelf import Shelf

Objects: TypeAlias = list[Object]
"""`list` is also the name of a verb, which would shadow the type inside the class."""


@dataclass(frozen=True, slots=True)
class Deletion:
    """`object` in its last known state; `gone` once it is no longer stored."""

    object: Object
    gone: bool


class Cluster(ABC):
    """Kubernetes' verbs. Errors are ApiError."""

    def __init__(self, now: Callable[[], datetime], shelf: Shelf) -> None:
        self.now, self.shelf = now, shelf
        self._logs: dict[tuple[str, str], list[str]] = {}

    # Reading

    def held(self, kind: Kind, name: str, namespace: str = "") -> Object | None:
        """The object itself, uncopied: for reading only."""
        return self.shelf.find(kind, (namespace if kind.namespaced else "", name))

    def find(self, kind: Kind, name: str, namespace: str = "") -> Object | None:
        copy: Object | None = clone(self.held(kind, name, namespace))
        return copy

    def get(self, kind: Kind, name: str, namespace: str = "") -> Object:
        copy: Object = clone(self.existing(kind, name, namespace))
        return copy

    def existing(self, kind: Kind, name: str, namespace: str) -> Object:
        """As `held`; raises ApiError 404 where there is none."""
        found = self.held(kind, name, namespace)
        if found is None:
            raise errors.not_found(kind, name)
        return found

    def view(
        self, kind: Kind, namespace: str = "", *, labels: str = "", fields: str = ""
    ) -> Iterator[Object]:
        """The objects themselves, uncopied: for reading only."""
        wanted, fits = labels_test(labels), fields_test(kind, fields)
        for obj in self.shelf.items(kind, namespace):
            if wanted(obj["metadata"].get("labels") or {}) and fits(obj):
                yield obj

    def list(self, kind: Kind, namespace: str = "", *, labels: str = "", fields: str = "") -> Objects:
        return [clone(obj) for obj in self.view(kind, namespace, labels=labels, fields=fields)]

    @abstractmethod
    def endpoints(self, namespace: str, service: str) -> frozenset[str]:
        """UIDs of the pods that the service sends new connections to."""

    # Writing

    @abstractmethod
    def create(self, kind: Kind, obj: Object) -> Object: ...

    @abstractmethod
    def update(self, kind: Kind, obj: Object, *, subresource: str = "") -> Object: ...

    @abstractmethod
    def patch(
        self,
        kind: Kind,
        name: str,
        patch: Any,
        namespace: str = "",
        *,
        type: PatchType = PatchType.MERGE,
        subresource: str = "",
    ) -> Object: ...

    @abstractmethod
    def delete(
        self,
        kind: Kind,
        name: str,
        namespace: str = "",
        *,
        uid: str | None = None,
        grace: int | None = None,
        propagation: str | None = None,
    ) -> Deletion: ...

    def delete_all(
        self, kind: Kind, namespace: str = "", *, labels: str = "", fields: str = "", **options: Any
    ) -> Objects:
        """Delete what the selectors match; takes delete's options. Returns the last states."""
        names = [
            (name_of(obj), namespace_of(obj))
            for obj in self.view(kind, namespace, labels=labels, fields=fields)
        ]
        return [self.delete(kind, name, where, **options).object for name, where in names]

    @abstractmethod
    def evict(self, name: str, namespace: str) -> None:
        """Delete a pod if its disruption budget lets it go; ApiError 429 where it does not."""

    # Logs

    def log_append(self, namespace: str, pod: str, text: str) -> None:
        self._logs.setdefault((namespace, pod), []).append(text)

    def log_of(self, namespace: str, pod: str) -> str:
        return "".join(self._logs.get((namespace, pod), []))
