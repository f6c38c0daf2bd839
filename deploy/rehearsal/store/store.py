"""The store: Kubernetes' verbs on objects in memory. See the package's docstring for how to use it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from deploy.rehearsal.store import errors, rules
from deploy.rehearsal.store.definitions import Definitions
from deploy.rehearsal.store.kinds import BUILT_IN, JOBS, NAMESPACES, Kind
from deploy.rehearsal.store.objects import Object, clone, is_going, name_of, namespace_of, utc_now
from deploy.rehearsal.store.patches import PatchType, json_patch, merge_patch
from deploy.rehearsal.store.schemas import Schema
from deploy.rehearsal.store.selectors import fields_test, labels_test
from deploy.rehearsal.store.shelf import Callback, Change, Shelf
from deploy.rehearsal.store.strategic import strategic_merge

Objects: TypeAlias = list[Object]
"""`list` is also the name of a verb, which would shadow the type inside the class."""

_HOLDS = {"Foreground": "foregroundDeletion", "Orphan": "orphan"}


@dataclass(frozen=True, slots=True)
class Deletion:
    """`object` in its last known state; `gone` once it is no longer stored."""

    object: Object
    gone: bool


@dataclass(frozen=True, slots=True)
class Write:
    """How a write is to be done: `strict` refuses unknown fields, which otherwise go to `warn`."""

    dry_run: bool = False
    strict: bool = False
    warn: Callable[[str], None] = lambda text: None


_PLAIN = Write()


class Store:
    """All objects of the cluster. `history`: how many changes a kind are kept for watches."""

    def __init__(self, *, now: Callable[[], datetime] = utc_now, history: int = 2000) -> None:
        self.now = now
        self.kinds: dict[tuple[str, str], Kind] = {(kind.group, kind.plural): kind for kind in BUILT_IN}
        self.schemas: dict[Kind, Schema] = {}
        self.shelf = Shelf(history)
        self._logs: dict[tuple[str, str], list[str]] = {}
        self.definitions = Definitions(self)

    @property
    def version(self) -> int:
        return self.shelf.version

    # Reading

    def find(self, kind: Kind, name: str, namespace: str = "") -> Object | None:
        found = self.shelf.find(kind, (namespace if kind.namespaced else "", name))
        copy: Object | None = clone(found)
        return copy

    def get(self, kind: Kind, name: str, namespace: str = "") -> Object:
        copy: Object = clone(self._held(kind, name, namespace))
        return copy

    def view(
        self, kind: Kind, namespace: str = "", *, labels: str = "", fields: str = ""
    ) -> Iterator[Object]:
        """The store's own objects, uncopied: for reading only."""
        wanted, fits = labels_test(labels), fields_test(kind, fields)
        for obj in self.shelf.items(kind, namespace):
            if wanted(obj["metadata"].get("labels") or {}) and fits(obj):
                yield obj

    def list(self, kind: Kind, namespace: str = "", *, labels: str = "", fields: str = "") -> Objects:
        return [clone(obj) for obj in self.view(kind, namespace, labels=labels, fields=fields)]

    # Writing

    def create(
        self, kind: Kind, obj: Object, *, keep_status: bool = False, uid: str = "", how: Write = _PLAIN
    ) -> Object:
        """`uid` is for who builds the cluster; whoever asks over the API gets a new one."""
        given = self._admitted(kind, obj, how)
        new = rules.newborn(kind, given, self.now(), keep_status=keep_status, uid=uid)
        name, namespace = name_of(new), namespace_of(new)
        if kind.namespaced:
            self._check_namespace(kind, name, namespace)
        if self.shelf.find(kind, (namespace, name)):
            raise errors.already_exists(kind, name)
        if not how.dry_run:
            self.shelf.put(kind, new)
        copy: Object = clone(new)
        return copy

    def update(self, kind: Kind, obj: Object, *, subresource: str = "", how: Write = _PLAIN) -> Object:
        old = self._held(kind, name_of(obj), namespace_of(obj))
        return self._replace(kind, old, self._admitted(kind, obj, how), subresource, how)

    def patch(
        self,
        kind: Kind,
        name: str,
        patch: Any,
        namespace: str = "",
        *,
        type: PatchType = PatchType.MERGE,
        subresource: str = "",
        how: Write = _PLAIN,
    ) -> Object:
        old = self._held(kind, name, namespace)
        if type is PatchType.JSON:
            new = json_patch(old, patch)
        elif type is PatchType.STRATEGIC:
            new = strategic_merge(old, patch)
        else:
            new = merge_patch(old, patch)
        if not isinstance(new, dict) or name_of(new) != name:
            raise errors.bad_request("a patch cannot rename an object or turn it into something else")
        return self._replace(kind, old, self._admitted(kind, new, how), subresource, how)

    def delete(
        self,
        kind: Kind,
        name: str,
        namespace: str = "",
        *,
        uid: str | None = None,
        resource_version: str | None = None,
        grace: int | None = None,
        propagation: str | None = None,
        how: Write = _PLAIN,
    ) -> Deletion:
        obj = self._held(kind, name, namespace)
        _check_preconditions(kind, obj, uid, resource_version)
        held_by = _HOLDS.get(propagation or ("Orphan" if kind == JOBS else "Background"))
        seconds = rules.grace_of(kind, obj, grace)
        marked = rules.marked_for_deletion(kind, obj, self.now(), seconds, [held_by] if held_by else [])
        gone = rules.may_vanish(marked)
        if how.dry_run:
            return Deletion(marked, gone)
        if gone:
            return Deletion(clone(self._remove(kind, marked)), True)
        if marked != obj:
            self.shelf.put(kind, marked)
        return Deletion(clone(marked), False)

    def delete_all(
        self, kind: Kind, namespace: str = "", *, labels: str = "", fields: str = "", **options: Any
    ) -> Objects:
        """Delete what the selectors match; takes delete's options. Returns the last states."""
        names = [
            (name_of(obj), namespace_of(obj))
            for obj in self.view(kind, namespace, labels=labels, fields=fields)
        ]
        return [self.delete(kind, name, where, **options).object for name, where in names]

    # Changes

    def subscribe(self, callback: Callback, kind: Kind | None = None) -> Callable[[], None]:
        """Call back on every change (of a kind); returns the function that ends it."""
        return self.shelf.subscribe(callback, kind)

    async def changes(self, kind: Kind | None = None) -> AsyncIterator[Change]:
        """Every change from now on, for a task of its own."""
        queue: asyncio.Queue[Change] = asyncio.Queue()
        unsubscribe = self.subscribe(queue.put_nowait, kind)
        try:
            while True:
                yield await queue.get()
        finally:
            unsubscribe()

    # Logs

    def log_append(self, namespace: str, pod: str, text: str) -> None:
        self._logs.setdefault((namespace, pod), []).append(text)

    def log_of(self, namespace: str, pod: str) -> str:
        return "".join(self._logs.get((namespace, pod), []))

    # Inside

    def _held(self, kind: Kind, name: str, namespace: str) -> Object:
        found = self.shelf.find(kind, (namespace if kind.namespaced else "", name))
        if found is None:
            raise errors.not_found(kind, name)
        return found

    def _replace(self, kind: Kind, old: Object, given: Object, subresource: str, how: Write) -> Object:
        new = rules.successor(kind, old, given, subresource)
        if not how.dry_run:
            if rules.may_vanish(new):
                new = self._remove(kind, new)
            elif new != old:
                self.shelf.put(kind, new)
        copy: Object = clone(new)
        return copy

    def _remove(self, kind: Kind, obj: Object) -> Object:
        self._logs.pop((namespace_of(obj), name_of(obj)), None)
        return self.shelf.remove(kind, obj)

    def _admitted(self, kind: Kind, obj: Object, how: Write) -> Object:
        """The object after its CRD's schema has pruned and checked it; others pass as they are."""
        schema = self.schemas.get(kind)
        return schema.admit(kind, obj, strict=how.strict, warn=how.warn) if schema else obj

    def _check_namespace(self, kind: Kind, name: str, namespace: str) -> None:
        home = self.shelf.find(NAMESPACES, ("", namespace))
        if home is None:
            raise errors.not_found(NAMESPACES, namespace)
        if is_going(home):
            why = f"unable to create new content in namespace {namespace} because it is being terminated"
            raise errors.forbidden(kind, name, why)


def _check_preconditions(kind: Kind, obj: Object, uid: str | None, version: str | None) -> None:
    for field, label, wanted in (("uid", "UID", uid), ("resourceVersion", "ResourceVersion", version)):
        actual = obj["metadata"][field]
        if wanted is not None and wanted != actual:
            why = f"Precondition failed: {label} in precondition: {wanted}, {label} in object meta: {actual}"
            raise errors.conflict(kind, name_of(obj), why)
