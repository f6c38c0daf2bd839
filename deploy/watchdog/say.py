"""What the watchdog says: one line of JSON for each thing, and an Event in the cluster for what it does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from chaos.adapters import litmus_watchdog
from chaos.adapters.kubernetes_api import KubernetesApi
from chaos.adapters.litmus_kinds import EVENTS
from chaos.domain.errors import GamedayError


def line(what: str, **more: Any) -> None:
    """On standard output, at once. Where that is full, closed or broken the line is lost, and nothing else:
    what is said never keeps anybody from ending what there is to end."""
    at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    text = json.dumps({"at": at, "what": what, **more})
    with suppress(OSError, ValueError):  # ValueError: it is closed
        print(text, flush=True)


@dataclass(frozen=True, slots=True)
class Teller:
    """Leaves Events beside the grant's place, where they outlive it by an hour. Gameday, once it is back,
    takes them into the journal of the run."""

    api: KubernetesApi
    namespace: str

    def event(self, reason: str, message: str, whose: Mapping[str, str]) -> None:
        """`whose`: the labels of the run's grant. Raises nothing: what cannot be left, for whatever reason,
        keeps nobody from anything, and is a line in the log all the same."""
        try:
            body = litmus_watchdog.event(reason, message, self.namespace, datetime.now(UTC), whose)
            self.api.create(EVENTS, self.namespace, body)
        except Exception as error:
            why = str(error) if isinstance(error, GamedayError) else repr(error)
            line("event-not-left", reason=reason, error=why)
