"""Pods and nodes as KWOK leaves them."""

from __future__ import annotations

from typing import Any

from deploy.rehearsal.platform import containers
from deploy.rehearsal.store import NODES, PODS, Object
from tests.support.rehearsal_api import RunningApi

AT = "2026-01-01T00:00:00Z"


def a_pod(elsewhere: RunningApi, name: str, namespace: str = "payments", **labels: str) -> Object:
    """Running and ready, on node-1."""
    return elsewhere.do(lambda: _made(elsewhere, name, namespace, labels))


def _made(elsewhere: RunningApi, name: str, namespace: str, labels: dict[str, str]) -> Object:
    store = elsewhere.store
    if store.find(NODES, "node-1") is None:
        store.create(NODES, {"metadata": {"name": "node-1"}})
    spec: dict[str, Any] = {"nodeName": "node-1", "containers": [{"name": "it", "image": "it"}]}
    meta = {"name": name, "namespace": namespace, "labels": labels}
    made = store.create(PODS, {"metadata": meta, "spec": spec})
    status = containers.running(made, AT, ready=True)
    return store.patch(PODS, name, {"status": status}, namespace, subresource="status")
