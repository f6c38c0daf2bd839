"""Events as kubectl describe shows them: repeated ones are counted, not listed again."""

import itertools
from contextlib import suppress

from deploy.rehearsal.store import EVENTS, Cluster, Object
from deploy.rehearsal.store.errors import ApiError
from deploy.rehearsal.store.objects import name_of, namespace_of, timestamp

_KEPT = 1000  # a real API server forgets events after an hour; the practice one keeps the latest
_numbers = itertools.count(0x17D0)


class Recorder:
    """Writes the events of one component. Node events go to the namespace `default`, as real ones do."""

    def __init__(self, store: Cluster, component: str) -> None:
        self._store, self._component = store, component
        self._seen: dict[tuple[str, str, str], tuple[str, str]] = {}

    def record(self, about: Object, reason: str, message: str, *, warning: bool = False) -> None:
        namespace = namespace_of(about) or "default"
        key = (about["metadata"]["uid"], reason, message)
        now = timestamp(self._store.now())
        known = self._seen.get(key)
        event = self._store.find(EVENTS, *known) if known else None
        if event and known:
            change = {"count": event["count"] + 1, "lastTimestamp": now}
            self._store.patch(EVENTS, known[0], change, known[1])
            return
        name = f"{name_of(about)}.{next(_numbers):x}"
        with suppress(ApiError):  # as of a namespace that is being deleted: nobody waits for an event
            self._store.create(EVENTS, self._event(about, name, namespace, reason, message, warning, now))
            self._seen[key] = (name, namespace)
        self._forget()

    def _event(
        self, about: Object, name: str, namespace: str, reason: str, message: str, warning: bool, now: str
    ) -> Object:
        return {
            "metadata": {"name": name, "namespace": namespace},
            "involvedObject": {
                "apiVersion": about["apiVersion"],
                "kind": about["kind"],
                "name": name_of(about),
                "namespace": namespace_of(about),
                "uid": about["metadata"]["uid"],
                "resourceVersion": about["metadata"]["resourceVersion"],
            },
            "reason": reason,
            "message": message,
            "type": "Warning" if warning else "Normal",
            "source": {"component": self._component},
            "reportingComponent": self._component,
            "firstTimestamp": now,
            "lastTimestamp": now,
            "count": 1,
        }

    def _forget(self) -> None:
        while len(self._seen) > _KEPT:
            name, namespace = self._seen.pop(next(iter(self._seen)))
            if self._store.find(EVENTS, name, namespace):
                self._store.delete(EVENTS, name, namespace)
