"""Garbage: objects whose owners are gone, and the contents of namespaces that are going."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from deploy.rehearsal.store.errors import ApiError
from deploy.rehearsal.store.kinds import NAMESPACES, Kind
from deploy.rehearsal.store.objects import Object, dig, is_going, name_of, namespace_of
from deploy.rehearsal.store.shelf import Change

if TYPE_CHECKING:
    from deploy.rehearsal.store.store import Store

logger = logging.getLogger(__name__)
Item = tuple[Kind, Object]
AWAY = 0.05
"""Seconds until it is looked again whether the collector is back."""


class Collector:
    """Sweeps `delay` seconds after a change that may have left garbage, until none is left. While it is away,
    that is put off."""

    def __init__(
        self, store: "Store", *, delay: float = 1.0, is_away: Callable[[], bool] = lambda: False
    ) -> None:
        self._store = store
        self._delay = delay
        self._is_away = is_away
        self._work = asyncio.Event()
        store.subscribe(self._on_change)

    async def run(self) -> None:
        """Runs until cancelled."""
        while True:
            await self._work.wait()
            self._work.clear()
            await asyncio.sleep(self._delay)
            if self._is_away():
                self._work.set()
                await asyncio.sleep(AWAY)
                continue
            try:
                self.sweep()
            except Exception:
                logger.exception("A sweep for garbage failed; the next change starts another one")
            if any(is_going(one) for one in self._store.view(NAMESPACES)):
                self._work.set()

    def sweep(self) -> None:
        """One pass. Deletions it makes may call for another one."""
        items = list(self._items())
        homes = {obj["metadata"]["uid"]: namespace_of(obj) for _, obj in items}
        for kind, obj in items:
            if _owners(obj) and not any(_alive(owner, obj, homes) for owner in _owners(obj)):
                self._delete(kind, obj)
            for finalizer in obj["metadata"].get("finalizers") or []:
                if finalizer == "foregroundDeletion" and is_going(obj):
                    self._delete_dependents_first(kind, obj, items)
                elif finalizer == "orphan" and is_going(obj):
                    self._orphan_dependents(kind, obj, items)
        for namespace in list(self._store.view(NAMESPACES)):
            if is_going(namespace):
                self._empty(namespace, items)

    def _on_change(self, change: Change) -> None:
        late = change.type == "ADDED" and _owners(change.object)
        if change.type == "DELETED" or late or is_going(change.object):
            self._work.set()

    def _items(self) -> Iterator[Item]:
        for kind in list(self._store.kinds.values()):
            for obj in self._store.view(kind):
                yield kind, obj

    def _delete_dependents_first(self, kind: Kind, owner: Object, items: list[Item]) -> None:
        blocked = False
        for dependent_kind, dependent, reference in _dependents(owner, items):
            if not is_going(dependent):
                self._delete(dependent_kind, dependent)
            still_there = self._store.find(dependent_kind, name_of(dependent), namespace_of(dependent))
            blocked = blocked or bool(still_there and reference.get("blockOwnerDeletion"))
        if not blocked:
            self._release(kind, owner, "foregroundDeletion")

    def _orphan_dependents(self, kind: Kind, owner: Object, items: list[Item]) -> None:
        for dependent_kind, dependent, reference in _dependents(owner, items):
            rest = [one for one in _owners(dependent) if one["uid"] != reference["uid"]]
            patch = {"metadata": {"ownerReferences": rest}}
            with suppress(ApiError):
                self._store.patch(dependent_kind, name_of(dependent), patch, namespace_of(dependent))
        self._release(kind, owner, "orphan")

    def _release(self, kind: Kind, owner: Object, finalizer: str) -> None:
        rest = [one for one in owner["metadata"]["finalizers"] if one != finalizer]
        with suppress(ApiError):
            self._store.patch(kind, name_of(owner), {"metadata": {"finalizers": rest}}, namespace_of(owner))

    def _empty(self, namespace: Object, items: list[Item]) -> None:
        name = name_of(namespace)
        for kind, obj in items:
            if kind.namespaced and namespace_of(obj) == name and not is_going(obj):
                self._delete(kind, obj)
        left = any(kind.namespaced and namespace_of(obj) == name for kind, obj in self._items())
        if not left and dig(namespace, "spec", "finalizers"):
            self._store.patch(NAMESPACES, name, {"spec": {"finalizers": []}})

    def _delete(self, kind: Kind, obj: Object) -> None:
        """Gone or replaced meanwhile is as good as deleted."""
        with suppress(ApiError):
            self._store.delete(
                kind, name_of(obj), namespace_of(obj), uid=obj["metadata"]["uid"], propagation="Background"
            )


def _owners(obj: Object) -> list[Object]:
    return obj["metadata"].get("ownerReferences") or []


def _alive(owner: Object, obj: Object, homes: dict[str, str]) -> bool:
    """An owner counts only in the dependent's own namespace, or where it has none."""
    home = homes.get(owner["uid"])
    return home is not None and home in ("", namespace_of(obj))


def _dependents(owner: Object, items: list[Item]) -> Iterator[tuple[Kind, Object, Object]]:
    for kind, obj in items:
        for reference in _owners(obj):
            if reference["uid"] == owner["metadata"]["uid"]:
                yield kind, obj, reference
