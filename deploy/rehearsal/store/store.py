"""The store: Kubernetes' verbs on objects in memory. See the package's docstring for how to use it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any

from deploy.rehearsal.store import errors, rules
from deploy.rehearsal.store.definitions import Definitions
from deploy.rehearsal.store.disruption import is_ready
from deploy.rehearsal.store.eviction import evict
from deploy.rehearsal.store.kinds import BUILT_IN, JOBS, NAMESPACES, PODS, SERVICES, Kind
from deploy.rehearsal.store.objects import Object, clone, dig, is_going, name_of, namespace_of, utc_now
from deploy.rehearsal.store.patches import PatchType, json_patch, merge_patch
from deploy.rehearsal.store.port import Cluster, Deletion
from deploy.rehearsal.store.schemas import Schema
from deploy.rehearsal.store.shelf import Callback, Change, Shelf
from deploy.rehearsal.store.strategic import strategic_merge
from deploy.rehearsal.store.writes import PLAIN, Write

_HOLDS = {"Foreground": "foregroundDeletion", "Orphan": "orphan"}


class Store(Cluster):
    """All objects of the cluster. `history`: how many changes a kind are kept for watches."""

    def __init__(self, *, now: Callable[[], datetime] = utc_now, history: int = 2000) -> None:
        super().__init__(now, Shelf(history))
        self.kinds: dict[tuple[str, str], Kind] = {(kind.group, kind.plural): kind for kind in BUILT_IN}
        self.schemas: dict[Kind, Schema] = {}
        self.definitions = Definitions(self)

    @property
    def version(self) -> int:
        return self.shelf.version

    # Reading

    def endpoints(self, namespace: str, service: str) -> frozenset[str]:
        found = self.held(SERVICES, service, namespace)
        selector = dig(found, "spec", "selector") or {}
        if not selector:
            return frozenset()
        labels = ",".join(f"{key}={value}" for key, value in selector.items())
        pods = self.view(PODS, namespace, labels=labels)
        return frozenset(pod["metadata"]["uid"] for pod in pods if is_ready(pod) and not is_going(pod))

    # Writing

    def create(
        self, kind: Kind, obj: Object, *, keep_status: bool = False, uid: str = "", how: Write = PLAIN
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

    def update(self, kind: Kind, obj: Object, *, subresource: str = "", how: Write = PLAIN) -> Object:
        old = self.existing(kind, name_of(obj), namespace_of(obj))
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
        how: Write = PLAIN,
    ) -> Object:
        old = self.existing(kind, name, namespace)
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
        how: Write = PLAIN,
    ) -> Deletion:
        obj = self.existing(kind, name, namespace)
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

    def evict(self, name: str, namespace: str) -> None:
        evict(self, name, namespace)

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

    # Inside

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
