"""A finalizer taken off an engine that is on its way out: the last resort, where Litmus' operator is gone."""

from __future__ import annotations

from typing import Any

from chaos.adapters.kubernetes_api import KubernetesApi
from chaos.adapters.litmus_kinds import ENGINES
from chaos.adapters.litmus_manifests import MANAGED_BY
from chaos.domain.errors import Refused
from chaos.domain.sight import Residue


def strip(api: KubernetesApi, engine: Residue, finalizer: str) -> None:
    """Only this one goes, and only from the very object that was looked at: the patch has its UID and the
    version that is read here. Raises Refused for any other, Conflict when it changed in between."""
    listed = api.list(ENGINES, engine.namespace, {**MANAGED_BY})
    found = next((obj["metadata"] for obj in listed if obj["metadata"]["uid"] == engine.uid), None)
    if found is None or found["name"] != engine.name:
        raise Refused(f"The ChaosEngine {engine.name} that was looked at is not there any more.")
    if not found.get("deletionTimestamp"):
        raise Refused(f"The ChaosEngine {engine.name} is not being deleted; its finalizer stays.")
    held_by = found.get("finalizers") or []
    if finalizer not in held_by:
        raise Refused(f"The ChaosEngine {engine.name} has no finalizer {finalizer}.")
    rest = [item for item in held_by if item != finalizer]
    meta: dict[str, Any] = {"uid": found["uid"], "resourceVersion": found["resourceVersion"]}
    body = {"metadata": {**meta, "finalizers": rest or None}}
    api.merge_patch(ENGINES, engine.namespace, engine.name, body)
