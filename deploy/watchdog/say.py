"""What the watchdog says: one line of JSON for each thing, and an Event in the cluster for what it does."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from chaos.adapters import litmus_watchdog
from chaos.adapters.kubernetes_api import KubernetesApi
from chaos.adapters.litmus_kinds import EVENTS
from chaos.domain.errors import GamedayError


def line(what: str, **more: Any) -> None:
    """On standard output, at once."""
    at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    sys.stdout.write(json.dumps({"at": at, "what": what, **more}) + "\n")
    sys.stdout.flush()


@dataclass(frozen=True, slots=True)
class Teller:
    """Leaves Events beside the grant's place, where they outlive it by an hour. Gameday, once it is back,
    takes them into the journal of the run."""

    api: KubernetesApi
    namespace: str

    def event(self, reason: str, message: str, whose: Mapping[str, str]) -> None:
        """`whose`: the labels of the run's grant. Whether it can be left or not holds up nothing: it is a
        line in the log all the same."""
        body = litmus_watchdog.event(reason, message, self.namespace, datetime.now(UTC), whose)
        try:
            self.api.create(EVENTS, self.namespace, body)
        except GamedayError as error:
            line("event-not-left", reason=reason, error=str(error))
