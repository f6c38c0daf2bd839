"""What the practice platform answers beside the Kubernetes API: metrics, health, switches, state."""

import json
from typing import Any

from deploy.rehearsal.api.http import Answer, App, Receive, Request, Scope, Send, read_request, send_answer
from deploy.rehearsal.platform.metrics import Metrics
from deploy.rehearsal.platform.sight import serving
from deploy.rehearsal.platform.summary import summary
from deploy.rehearsal.platform.switches import BadSwitch, Switches
from deploy.rehearsal.platform.world import World
from deploy.rehearsal.store import SERVICES

_METRICS_TYPE = {"content-type": "text/plain; version=0.0.4; charset=utf-8"}


class Site:
    """An ASGI application. Mount it with `mounts()`; it asks nobody for a token."""

    def __init__(self, world: World, switches: Switches, metrics: Metrics) -> None:
        self._world, self._switches, self._metrics = world, switches, metrics

    def mounts(self) -> dict[str, App]:
        return dict.fromkeys(("/metrics", "/services", "/rehearsal"), self)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send_answer(send, self.answer(await read_request(scope, receive)))

    def answer(self, request: Request) -> Answer:
        match request.method, request.path.strip("/").split("/"):
            case "GET", ["metrics"]:
                code, body = self._metrics.scrape()
                return Answer(body, code, _METRICS_TYPE)
            case "GET", ["services", namespace, service, "health"]:
                return self._health(namespace, service)
            case "GET", ["rehearsal", "switches"]:
                return Answer(self._switches.positions())
            case "POST", ["rehearsal", "switches"]:
                return self._turn(request.body)
            case "GET", ["rehearsal", "state"]:
                return Answer(summary(self._world, self._switches))
        paths = "GET /metrics, GET /services/NAMESPACE/SERVICE/health, GET /rehearsal/state"
        return _said(404, f"Nothing is here. There are {paths}, and GET or POST /rehearsal/switches.")

    def _turn(self, body: bytes) -> Answer:
        try:
            wanted: Any = json.loads(body)
        except ValueError:
            wanted = None  # which no switch takes: the answer then lists them
        try:
            return Answer(self._switches.turn(wanted))
        except BadSwitch as error:
            return _said(400, str(error))

    def _health(self, namespace: str, service: str) -> Answer:
        if self._world.store.find(SERVICES, service, namespace) is None:
            return _said(404, f"There is no service {service!r} in namespace {namespace!r}.")
        ready = serving(self._world.store, namespace, service)
        body: dict[str, Any] = {"service": service, "ready_pods": ready}
        healthy = ready > 0
        if service == "payments-api":
            body["ledger_handshake"] = not self._world.troubles.certificate_expired
            healthy = healthy and body["ledger_handshake"]
        return Answer(body | {"status": "ok" if healthy else "unavailable"}, 200 if healthy else 503)


def _said(code: int, sentence: str) -> Answer:
    return Answer({"error": sentence}, code)
