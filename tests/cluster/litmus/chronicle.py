"""What was seen to change in the chaos namespace, and when: engines, results and pods, by watching them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.adapters.things import until
from tests.cluster.pod_runner.api import Api, ApiError

Json = dict[str, Any]
ENGINES = "/apis/litmuschaos.io/v1alpha1/namespaces/chaos/chaosengines"
RESULTS = "/apis/litmuschaos.io/v1alpha1/namespaces/chaos/chaosresults"
PODS = "/api/v1/namespaces/chaos/pods"
PAUSE = 0.2  # seconds before a watch that ended is opened again
BEHIND = 10.0  # seconds that a watch may be behind what a GET has told already


@dataclass(frozen=True, slots=True)
class Event:
    """`at` by the monotonic clock; `what` is ADDED, MODIFIED or DELETED."""

    at: float
    path: str
    what: str
    thing: Json

    @property
    def name(self) -> str:
        return str(self.thing["metadata"]["name"])

    @property
    def is_asked_to_go(self) -> bool:
        """Deleted with grace, and still there."""
        return self.what != "DELETED" and "deletionTimestamp" in self.thing["metadata"]

    @property
    def has_terminated(self) -> bool:
        """Of a pod: its container, by its status."""
        containers = self.thing.get("status", {}).get("containerStatuses") or []
        return any("terminated" in one["state"] for one in containers)


class Chronicle:
    """Watches from the call of `begin` until the program ends."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._events: list[Event] = []

    def begin(self) -> None:
        for path in (ENGINES, RESULTS, PODS):
            threading.Thread(target=self._watch, args=(path,), daemon=True).start()

    def of(self, engine: Json) -> Iterator[Event]:
        """Of that engine, its result and its pods, in the order in which they were seen."""
        name, uid = engine["metadata"]["name"], engine["metadata"]["uid"]
        for event in list(self._events):
            belongs = {
                ENGINES: event.name == name,
                RESULTS: event.name.startswith(f"{name}-"),
                PODS: event.thing["metadata"].get("labels", {}).get("chaosUID") == uid,
            }
            if belongs[event.path]:
                yield event

    def when(self, engine: Json, is_so: Callable[[Event], object], since: float = 0.0) -> float:
        """When that was first seen, at `since` or later; fails where it is not."""

        def seen() -> list[float]:
            return [event.at for event in self.of(engine) if event.at >= since and is_so(event)]

        return min(until(seen, bool, seconds=BEHIND))

    def _watch(self, path: str) -> None:
        while True:
            try:
                found = self._api.call("GET", path)
                for thing in found.get("items") or []:
                    self._events.append(Event(time.monotonic(), path, "ADDED", thing))
                for what, thing in self._api.watch(path, found["metadata"]["resourceVersion"]):
                    self._events.append(Event(time.monotonic(), path, what, thing))
            except ApiError:
                time.sleep(PAUSE)


def is_helper(event: Event) -> bool:
    return event.path == PODS and "-helper-" in event.name


def is_experiment(event: Event) -> bool:
    return event.path == PODS and "job-name" in event.thing["metadata"]["labels"]


def is_reverted(event: Event) -> bool:
    """By the annotation that a helper writes."""
    said = event.thing["metadata"].get("annotations") or {}
    return event.path == RESULTS and "reverted" in said.values()


def is_result_stopped(event: Event) -> bool:
    status = event.thing.get("status") or {}
    return event.path == RESULTS and status.get("experimentStatus", {}).get("phase") == "Stopped"


def has_ended(event: Event) -> bool:
    """The engine is stopped, or gone."""
    status = event.thing.get("status") or {}
    return event.path == ENGINES and (event.what == "DELETED" or status.get("engineStatus") == "stopped")
