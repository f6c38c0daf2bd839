"""The network between one process and the API server, where the Kubernetes client has its connection pool."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import urllib3.exceptions

from chaos.adapters.kubernetes_api import Connection, KubernetesApi
from tests.simulation.calls import Calls
from tests.simulation.hazards import LATEST, WATCHDOG, Hazards, Window
from tests.simulation.kernel import Kernel, Process
from tests.simulation.on_the_api.server import Answer, Asked, Server, encoded, parsed, refused
from tests.simulation.on_the_api.shown import CHAOS

ADDRESS = "http://simulated:1"
BUSY = (500, 503, 429)
"""How a server says that it cannot just now."""

READS = 0.15
"""How often a read may go wrong at all: a look is a dozen of them, and is none where one of them fails."""

BY_RECORD = ("worker-1", "worker-2", "sweep")
"""Who knows from the database how things were before a fault."""

AGAIN = 0.1
"""How often a delete is sent once more."""


class _Body:
    def __init__(self, data: bytes) -> None:
        self._data = data

    def read1(self, size: int) -> bytes:
        part, self._data = self._data[:size], self._data[size:]
        return part

    def close(self) -> None: ...

    def release_conn(self) -> None: ...


@dataclass(frozen=True)
class Response:
    status: int
    response: _Body
    headers: Mapping[str, str] = field(default_factory=dict)


class _Refusal(Exception):
    """Not an answer to what was asked, but that it was not done."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.body["message"])
        self.answer = answer


class _Start:
    """A create, which may land sooner than it would have, and then not again."""

    def __init__(self, deed: Callable[[float], Answer]) -> None:
        self._deed = deed
        self._has_been_done = self._came_early = False

    def land(self, sent_at: float) -> None:
        if not self._has_been_done:
            self(sent_at)
            self._came_early = True

    def __call__(self, sent_at: float) -> Answer:
        self._has_been_done = True
        return refused(409, "it landed before") if self._came_early else self._deed(sent_at)


class Wire(Calls):
    """What `ApiClient.rest_client` is: one request, and its answer or what urllib3 raises."""

    share = 0.5
    """A look is several requests after each other, where the simulator's own port makes two."""

    def __init__(self, kernel: Kernel, process: Process, hazards: Hazards, server: Server) -> None:
        super().__init__(kernel, process, hazards)
        self._server = server
        self.deletes = defaultdict[str, list[float]](list)
        """When deletes were sent, by the UID that they were for."""
        self._notes: Mapping[str, str] = {}
        """On the grant, as this process read it last."""

    @property
    def rest_client(self) -> Wire:
        return self

    def request(
        self, method: str, url: str, headers: Any, body: Any, _request_timeout: tuple[float, float]
    ) -> Response:
        asked = parsed(method, url, None if body is None else json.loads(json.dumps(body)))
        is_the_start = method == "POST" and asked.plural == "chaosengines"
        began = self.kernel.now
        if method != "GET":
            self._server.kube.touched(self.process, asked.uid)

        def deed(sent_at: float = began) -> Answer:
            return refused(403, f"cannot {asked}") if self._may_not(asked) else self._answer(asked, sent_at)

        if is_the_start:
            self._start = _Start(deed)
        if method == "DELETE":
            self.deletes[asked.uid].append(began)
        if method == "DELETE" and asked.plural == "leases" and self.process.name not in BY_RECORD:
            self.kernel.park(self._server.kube.mishaps.grant_is_to_go(self._server.kube))
        if method == "DELETE" and self._is_repeated():
            self.kernel.at(self.kernel.random.uniform(0.5, LATEST), deed)
        try:
            sent = self._start if is_the_start else deed
            answer = self.call(str(asked), sent, method != "GET", sum(_request_timeout), is_the_start)
        except _Refusal as error:
            answer = error.answer
        more = {"Retry-After": "1"} if answer.status == 429 else {}
        return Response(answer.status, _Body(encoded(answer)), more)

    def _answer(self, asked: Asked, sent_at: float) -> Answer:
        kube = self._server.kube
        noted = kube.grant.notes.items() if kube.grant else ()
        unread, uid = noted - self._notes.items(), kube.grant and kube.grant.uid
        answer = self._server.answer(asked, sent_at)
        if asked.plural == "leases" and asked.method == "GET" and answer.status == 200:
            self._notes = dict(noted)
        if unread and kube.grant is None and self.process.name not in BY_RECORD:
            lost = f"{self.process.name} took {uid} away with what it had not read of it"
            kube.found["lost"].append(f"{lost}, at {self.kernel.now:.1f}")
        return answer

    def _may_not(self, asked: Asked) -> bool:
        """The watchdog has an account of its own."""
        is_closed = self._is_in(self._server.kube.closed)
        is_unlisted = asked.verb == "list" and self._is_in(self._server.kube.mishaps.unlisted)
        self.kernel.met["a namespace closed"] += is_closed and asked.namespace == CHAOS
        self.kernel.met["lists forbidden"] += is_unlisted and asked.namespace == CHAOS
        return (is_closed or is_unlisted) and asked.namespace == CHAOS

    def _is_in(self, window: Window) -> bool:
        return self.process.name != WATCHDOG and window[0] <= self.kernel.now < window[1]

    def _is_repeated(self) -> bool:
        """Whether a proxy, or a client, sends it once more and later, when whoever asked has gone on."""
        is_repeated = self.hazards.is_hostile and self.kernel.random.random() < AGAIN
        self.kernel.met["a delete repeated later"] += is_repeated
        return is_repeated

    def fate(self, writes: bool, is_the_start: bool) -> str:
        is_spared = not writes and self.kernel.random.random() > READS
        fate = "fine" if is_spared else super().fate(writes, is_the_start)
        if is_the_start and fate == "late":
            self._server.kube.mishaps.under_way = partial(self._start.land, self.kernel.now)
        return fate

    def no_answer(self, what: str) -> Exception:
        return urllib3.exceptions.ReadTimeoutError(None, ADDRESS, f"read timed out: {what}")  # type: ignore[arg-type]

    def forbidden(self, what: str) -> Exception:
        return _Refusal(refused(403, f"cannot {what}"))

    def refused(self, what: str) -> Exception:
        return _Refusal(refused(self.kernel.random.choice(BUSY), f"not now: {what}"))


class Api(KubernetesApi):
    """All of the adapter's own but the sockets."""

    def __init__(self, wire: Wire) -> None:
        super().__init__(Connection(ADDRESS))
        self._wire = wire

    def _api(self) -> Any:
        return self._wire
