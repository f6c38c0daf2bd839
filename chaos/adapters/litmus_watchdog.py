"""The words that the watchdog leaves in the cluster: how they are written, and read again."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from chaos.adapters.kubernetes_api import KubernetesApi
from chaos.adapters.litmus_kinds import EVENTS
from chaos.adapters.litmus_manifests import GRANT, INSTALLATION, MANAGED_BY, RUN, micro_time
from chaos.ports import Told

COMPONENT = "gameday-watchdog"
AT = "gameday/at"
"""The exact instant, as an annotation: an Event's own has whole seconds."""
LONGEST = 1000
WITHIN = 3.0
MOST = 500
"""Of more words than that nobody is told: whoever may leave Events must not fill the journal."""


def event(
    reason: str, message: str, namespace: str, now: datetime, whose: Mapping[str, str]
) -> dict[str, Any]:
    """An Event about the run's grant, with the grant's labels, where there was one."""
    lease = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease"}
    second = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {
            "name": f"{GRANT}.{uuid.uuid4().hex[:16]}",
            "labels": {**whose, **MANAGED_BY},
            "annotations": {AT: micro_time(now)},
        },
        "involvedObject": {**lease, "name": GRANT, "namespace": namespace},
        "type": "Warning",
        "reason": reason,
        "message": message[:LONGEST],
        "source": {"component": COMPONENT},
        "firstTimestamp": second,
        "lastTimestamp": second,
        "count": 1,
    }


def said(api: KubernetesApi, namespace: str) -> tuple[Told, ...]:
    """In the order of their instants; what is no word of a watchdog's is passed over."""
    listed = api.list(EVENTS, namespace, {**MANAGED_BY}, within=WITHIN)
    found = [told for obj in listed if (told := _told(obj))]
    return tuple(sorted(found, key=lambda told: told.at)[-MOST:])


def _told(obj: Mapping[str, Any]) -> Told | None:
    meta, source = obj["metadata"], obj.get("source") or {}
    labels = meta.get("labels") or {}
    at = _instant((meta.get("annotations") or {}).get(AT)) or _instant(obj.get("lastTimestamp"))
    if source.get("component") != COMPONENT or at is None:
        return None
    text, reason = str(obj.get("message") or "")[:LONGEST], str(obj.get("reason") or "")[:50]
    run, installation = str(labels.get(RUN) or ""), str(labels.get(INSTALLATION) or "")
    return Told(str(meta["uid"]), at, reason, text, run, installation)


def _instant(text: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return at if at.tzinfo else None
