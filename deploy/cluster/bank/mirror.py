"""A cluster elsewhere, as controllers, programs and the traffic of the rehearsal see one.

Reads are answered from the shelf, which watches keep current; writes go to the API server, and what it
answers is on the shelf at once. One thread uses the mirror; the watches hand it their news through a queue.
"""

import logging
import queue
from collections.abc import Sequence
from typing import Any

from deploy.cluster.bank.watches import LISTED, News, Watch
from deploy.cluster.bank.wire import Wire, path_of
from deploy.rehearsal.store import (
    BUDGETS,
    CHAOS_ENGINES,
    CHAOS_EXPERIMENTS,
    CHAOS_RESULTS,
    DEPLOYMENTS,
    EVENTS,
    JOBS,
    NAMESPACES,
    NETWORK_POLICIES,
    NODES,
    PODS,
    SERVICE_ACCOUNTS,
    SERVICES,
    STATEFUL_SETS,
    ApiError,
    Cluster,
    Deletion,
    Kind,
    Object,
    PatchType,
    clone,
)
from deploy.rehearsal.store.objects import dig, is_going, name_of, namespace_of, utc_now
from deploy.rehearsal.store.shelf import Shelf

logger = logging.getLogger(__name__)

ENDPOINT_SLICES = Kind("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice")
WATCHED = (
    NAMESPACES,
    NODES,
    PODS,
    SERVICES,
    SERVICE_ACCOUNTS,
    DEPLOYMENTS,
    STATEFUL_SETS,
    JOBS,
    BUDGETS,
    NETWORK_POLICIES,
    ENDPOINT_SLICES,
    CHAOS_ENGINES,
    CHAOS_EXPERIMENTS,
    CHAOS_RESULTS,
)
WITHIN = 30.0  # seconds for the first lists


class Mirror(Cluster):
    """Call `start` once, and `catch_up` before each look. It holds `kinds`; events are only written."""

    def __init__(self, wire: Wire, kinds: Sequence[Kind] = WATCHED) -> None:
        super().__init__(utc_now, Shelf(history=1))
        self._wire, self._kinds = wire, kinds
        self._watches: list[Watch] = []
        self._news: queue.SimpleQueue[News] = queue.SimpleQueue()
        self._events: queue.SimpleQueue[Object] = queue.SimpleQueue()
        self._buried: set[str] = set()  # uids of what we have seen go, of which older news may still come

    def start(self) -> None:
        """Returns when every kind has been listed. Raises ApiError where one cannot be."""
        self._watches = [Watch(self._wire, kind, self._news) for kind in self._kinds]
        for watch in self._watches:
            watch.start()
        for watch in self._watches:
            watch.wait_listed(WITHIN)
        self.catch_up()

    def stop(self) -> None:
        """Hear nothing more."""
        for watch in self._watches:
            watch.stop()

    def catch_up(self) -> None:
        """Put on the shelf what the watches have told since."""
        while not self._news.empty():
            kind, what, objects, version = self._news.get()
            if what == LISTED:
                self._replace(kind, objects, version)
            elif what == "DELETED":
                self._drop(kind, objects[0])
                self._buried.discard(objects[0]["metadata"]["uid"])
            else:
                self._take(kind, objects[0])

    def write_events(self) -> None:
        """Send the Events that were recorded; for a thread of its own, since nobody waits for them."""
        while True:
            event = self._events.get()
            try:
                self._wire.ask("POST", path_of(EVENTS, namespace_of(event)), event)
            except ApiError as refused:
                logger.info("An event was not written: %s", refused)

    def endpoints(self, namespace: str, service: str) -> frozenset[str]:
        slices = self.view(ENDPOINT_SLICES, namespace, labels=f"kubernetes.io/service-name={service}")
        return frozenset(
            str(dig(one, "targetRef", "uid"))
            for each in slices
            for one in each.get("endpoints") or []
            if dig(one, "conditions", "ready") is not False
        )

    def create(self, kind: Kind, obj: Object) -> Object:
        body = {"apiVersion": kind.api_version, "kind": kind.kind, **obj}
        if kind == EVENTS:
            self._events.put(body)
            return body
        return self._take(kind, self._wire.ask("POST", path_of(kind, namespace_of(obj)), body))

    def update(self, kind: Kind, obj: Object, *, subresource: str = "") -> Object:
        path = path_of(kind, namespace_of(obj), name_of(obj), subresource)
        return self._take(kind, self._wire.ask("PUT", path, obj))

    def patch(
        self,
        kind: Kind,
        name: str,
        patch: Any,
        namespace: str = "",
        *,
        type: PatchType = PatchType.MERGE,
        subresource: str = "",
    ) -> Object:
        path = path_of(kind, namespace, name, subresource)
        return self._take(kind, self._wire.ask("PATCH", path, patch, type.value.removeprefix("application/")))

    def delete(
        self,
        kind: Kind,
        name: str,
        namespace: str = "",
        *,
        uid: str | None = None,
        grace: int | None = None,
        propagation: str | None = None,
    ) -> Deletion:
        last = self.existing(kind, name, namespace)
        options = {"gracePeriodSeconds": grace, "propagationPolicy": propagation}
        body = {
            "apiVersion": "v1",
            "kind": "DeleteOptions",
            **{key: value for key, value in options.items() if value is not None},
            **({"preconditions": {"uid": uid}} if uid else {}),
        }
        answer = self._wire.ask("DELETE", path_of(kind, namespace, name), body)
        if answer.get("kind") != "Status" and not _is_gone(answer):
            return Deletion(self._take(kind, answer), False)
        self._buried.add(last["metadata"]["uid"])
        self._drop(kind, last)
        return Deletion(clone(last), True)

    def evict(self, name: str, namespace: str) -> None:
        meta = {"name": name, "namespace": namespace}
        body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": meta}
        self._wire.ask("POST", path_of(PODS, namespace, name, "eviction"), body)

    def _take(self, kind: Kind, obj: Object) -> Object:
        """Onto the shelf, unless what lies there is newer. Returns a copy."""
        whole = {"apiVersion": kind.api_version, "kind": kind.kind, **obj}
        there = self.held(kind, name_of(obj), namespace_of(obj))
        is_old = there is not None and _version(there) > _version(obj)
        if not is_old and obj["metadata"]["uid"] not in self._buried:
            self.shelf.place(kind, whole)
        return dict(clone(whole))

    def _drop(self, kind: Kind, obj: Object) -> None:
        there = self.held(kind, name_of(obj), namespace_of(obj))
        if there is not None and there["metadata"]["uid"] == obj["metadata"]["uid"]:
            self.shelf.drop(kind, there)

    def _replace(self, kind: Kind, objects: list[Object], version: int) -> None:
        listed = {obj["metadata"]["uid"] for obj in objects}
        for there in list(self.view(kind)):
            if there["metadata"]["uid"] not in listed and _version(there) <= version:
                self.shelf.drop(kind, there)
        for obj in objects:
            self._take(kind, obj)


def _version(obj: Object) -> int:
    return int(obj["metadata"]["resourceVersion"])


def _is_gone(deleted: Object) -> bool:
    """What a delete answers is the last state of an object that is gone, or one that is still on its way."""
    meta = deleted["metadata"]
    return not meta.get("finalizers") and not (is_going(deleted) and meta.get("deletionGracePeriodSeconds"))
