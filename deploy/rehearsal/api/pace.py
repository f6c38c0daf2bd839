"""How long a real control plane takes: a stand-in that is too fast hides bugs.

Figures in seconds, medians measured on Kubernetes 1.36 with the official Python client.
"""

import asyncio

from deploy.rehearsal.api.http import Request
from deploy.rehearsal.api.routes import Target
from deploy.rehearsal.store import PODS, Kind, Store

_READ = 0.002
_WRITE = 0.005
_POD_DELETE = 0.010
_EVICTION = 0.100
_PROGRESS = 0.095
"""A consistent LIST of a kind that was quiet while others were written waits for etcd's progress note."""
SERVED_AFTER = 1.0
"""A new CRD answers 404 this long after it is Established."""


class Pace:
    """Waits before a request is carried out. `scale` 1 is a real server's pace, 0 none at all."""

    def __init__(self, scale: float = 1.0) -> None:
        self.scale = scale
        self._caught_up: dict[Kind, int] = {}

    async def wait(self, store: Store, target: Target, request: Request) -> None:
        if self.scale > 0:
            await asyncio.sleep(self.scale * self.seconds(store, target, request))

    def seconds(self, store: Store, target: Target, request: Request) -> float:
        """How long this request takes at scale 1. A LIST is remembered: the next one may be faster."""
        if target.subresource == "eviction":
            return _EVICTION
        if target.verb == "list":
            return _READ + self._progress(store, target.kind, request)
        if target.verb in ("get", "watch"):
            return _READ
        if target.verb == "delete" and target.kind == PODS:
            return _POD_DELETE
        return _WRITE

    def _progress(self, store: Store, kind: Kind, request: Request) -> float:
        if request.one("resourceVersion") == "0":
            return 0.0
        known = max(self._caught_up.get(kind, 0), store.shelf.last_write(kind))
        self._caught_up[kind] = store.version
        return _PROGRESS if store.version > known else 0.0
