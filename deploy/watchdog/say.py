"""What the watchdog says: one line of JSON for each thing, and an Event in the cluster for what it does."""

from __future__ import annotations

import json
import sys
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from chaos.adapters.kubernetes_api import KubernetesApi
from chaos.adapters.kubernetes_paths import Resource
from chaos.adapters.litmus_manifests import GRANT, MANAGED_BY
from chaos.domain.errors import GamedayError

EVENTS = Resource("v1", "events")
LONGEST = 1000


def line(what: str, **more: Any) -> None:
    """On standard output, at once."""
    at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    sys.stdout.write(json.dumps({"at": at, "what": what, **more}) + "\n")
    sys.stdout.flush()


@dataclass(frozen=True, slots=True)
class Teller:
    """Leaves Events beside the grant's place, where they outlive it by an hour."""

    api: KubernetesApi
    namespace: str

    def event(self, reason: str, message: str) -> None:
        """Whether it can be left or not holds up nothing: it is a line in the log all the same."""
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        lease = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease"}
        body = {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"name": f"{GRANT}.{uuid.uuid4().hex[:16]}", "labels": {**MANAGED_BY}},
            "involvedObject": {**lease, "name": GRANT, "namespace": self.namespace},
            "type": "Warning",
            "reason": reason,
            "message": message[:LONGEST],
            "source": {"component": "gameday-watchdog"},
            "firstTimestamp": now,
            "lastTimestamp": now,
            "count": 1,
        }
        try:
            self.api.create(EVENTS, self.namespace, body)
        except GamedayError as error:
            line("event-not-left", reason=reason, error=str(error))
