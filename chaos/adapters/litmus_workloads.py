"""How many replicas a workload is to have: looked at, and set back to what it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chaos.adapters.kubernetes_api import KubernetesApi
from chaos.adapters.kubernetes_errors import NotFound
from chaos.adapters.kubernetes_paths import Resource
from chaos.domain.errors import Refused
from chaos.domain.sight import Workload

RESOURCES = {
    "deployment": Resource("apps/v1", "deployments"),
    "statefulset": Resource("apps/v1", "statefulsets"),
}


AUTOSCALERS = Resource("autoscaling/v1", "horizontalpodautoscalers")


def found(api: KubernetesApi, namespace: str, kind: str, labels: Mapping[str, str]) -> tuple[Workload, ...]:
    """Those whose own labels these are; a pod's labels are often the same, but need not be. Each with what
    sets its number by itself."""
    if kind not in RESOURCES:
        raise Refused(f"A {kind} has no number of replicas to change.", "targets.kind")
    workloads = [parsed(kind, one) for one in api.list(RESOURCES[kind], namespace, {**labels})]
    scalers = _scalers(api, namespace) if workloads else {}
    return tuple(replace(one, scaled_by=scalers.get((one.kind, one.name), "")) for one in workloads)


def _scalers(api: KubernetesApi, namespace: str) -> dict[tuple[str, str], str]:
    """The name of each HorizontalPodAutoscaler, by what it scales. Where there is no such kind, there is
    none of them."""
    try:
        scalers = api.list(AUTOSCALERS, namespace)
    except NotFound:
        return {}
    refs = [((one.get("spec") or {}).get("scaleTargetRef") or {}, one["metadata"]["name"]) for one in scalers]
    return {(str(ref.get("kind", "")).lower(), str(ref.get("name", ""))): name for ref, name in refs}


def seen(api: KubernetesApi, pre: Workload, within: float | None = None) -> Workload | None:
    try:
        return parsed(pre.kind, api.get(RESOURCES[pre.kind], pre.namespace, pre.name, within=within))
    except NotFound:
        return None


def restore(api: KubernetesApi, pre: Workload) -> None:
    """Raises Conflict, a Transient, when somebody else wrote to it in between: look and try again.

    One that is gone, or another one under its name, is left alone.
    """
    try:
        now = api.get(RESOURCES[pre.kind], pre.namespace, pre.name)
    except NotFound:
        return
    if now["metadata"]["uid"] != pre.uid:
        return
    precondition = {"uid": pre.uid, "resourceVersion": now["metadata"]["resourceVersion"]}
    body = {"metadata": precondition, "spec": {"replicas": pre.replicas}}
    api.merge_patch(RESOURCES[pre.kind], pre.namespace, pre.name, body)


def parsed(kind: str, obj: Mapping[str, Any]) -> Workload:
    """Without a number it is one replica, as Kubernetes has it."""
    meta, replicas = obj["metadata"], (obj.get("spec") or {}).get("replicas")
    return Workload(
        kind, meta.get("namespace", ""), meta["name"], meta["uid"], 1 if replicas is None else replicas
    )
