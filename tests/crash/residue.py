"""What the cluster itself says is there of ours: by label, and by effect. The product is not asked."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from chaos.adapters.litmus_manifests import LEVER, MANAGED_BY
from deploy.cluster.handle import Cluster

OURS = quote(",".join(f"{name}={value}" for name, value in MANAGED_BY.items()))
LITMUS = "/apis/litmuschaos.io/v1alpha1/namespaces/chaos"
WHERE = (
    f"{LITMUS}/chaosengines",
    f"{LITMUS}/chaosresults",
    "/apis/batch/v1/namespaces/chaos/jobs",
    "/apis/batch/v1/jobs?labelSelector=chaosUID",
    "/api/v1/pods?labelSelector=chaosUID",
    f"/api/v1/pods?labelSelector={OURS}",
    f"/apis/coordination.k8s.io/v1/leases?labelSelector={OURS}",
    f"/apis/networking.k8s.io/v1/networkpolicies?labelSelector={OURS}",
    f"/api/v1/configmaps?labelSelector={OURS}",
    f"/api/v1/namespaces/chaos/configmaps?fieldSelector=metadata.name={LEVER}",
)


def by_label(cluster: Cluster) -> list[str]:
    """Kind and name of each object; the empty list is what is wanted."""
    found = []
    for path in WHERE:
        answer = cluster.ask("GET", path)
        kind = answer["kind"].removesuffix("List")
        found += [f"{kind} {one['metadata']['name']}" for one in answer["items"]]
    return sorted(set(found))


def by_effect(platform: dict[str, Any]) -> list[str]:
    """What a fault has done that is still so: links, load, cordons, taints, pods that are away, policies."""
    nodes = [
        f"node {name}: {one['effects'] or one['taints'] or 'cordoned'}"
        for name, one in platform["nodes"].items()
        if one["cordoned"] or one["taints"] or one["effects"]
    ]
    pods = [f"pod {name}: {one['effects']}" for name, one in platform["pods"].items() if one["effects"]]
    return [*nodes, *pods]


def alive(platform: dict[str, Any]) -> list[str]:
    """Whatever injects, or could: engines, and Jobs and Pods beside them; and what they did."""
    there = [name for kind in ("engines", "jobs", "pods") for name in platform[kind]]
    return [*(name for name in there if name.startswith("chaos/")), *by_effect(platform)]
