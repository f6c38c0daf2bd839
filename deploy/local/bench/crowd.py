"""A cluster grown large: 1,000 nodes and 10,000 pods on them, as large as real ones are on the wire.

The pods are bound when they are created, since a scheduler and controllers make some twenty a second. What
owns them is nothing that a controller looks after: it would replace them, or take them away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from deploy.cluster.handle import Cluster
from deploy.rehearsal.platform import manifests

Json = dict[str, Any]
THREADS = 8
"""No more than the connections that its client keeps: each beyond them would be a handshake a request."""
NODES, PODS = 1000, 10_000
NAMESPACES, APPS = 20, 10
ZONES = ("eu-1a", "eu-1b", "eu-1c")
POOL = "pool"
IMAGES = 40
"""On a node, as its kubelet lists them: the most of what a Node weighs."""
VARIABLES = 25


def namespace(number: int) -> str:
    return f"crowd-{number:02}"


def app(number: int) -> str:
    return f"app-{number}"


def gather(cluster: Cluster, nodes: int, pods: int) -> None:
    """Create them all, in parallel. Raises Answered."""
    _each(range(nodes), lambda number: cluster.ask("POST", "/api/v1/nodes", node(number)))
    owners = _each(range(NAMESPACES), lambda number: home(cluster, namespace(number)))
    _each(
        range(pods),
        lambda number: cluster.ask(
            "POST",
            f"/api/v1/namespaces/{namespace(number % NAMESPACES)}/pods",
            pod(number, nodes, owners[number % NAMESPACES]),
        ),
    )


def is_running(cluster: Cluster) -> bool:
    """Whether no pod of any namespace waits any more: they are ready as soon as they run."""
    path = "/api/v1/pods?fieldSelector=status.phase%3DPending&limit=1"
    return not cluster.ask("GET", path)["items"]


def ready_in(cluster: Cluster, name: str) -> int:
    pods = cluster.ask("GET", f"/api/v1/namespaces/{name}/pods?resourceVersion=0")["items"]
    conditions = [one for pod in pods for one in pod.get("status", {}).get("conditions", ())]
    return sum(one["type"] == "Ready" and one["status"] == "True" for one in conditions)


def node(number: int) -> Json:
    """One of fifty is of the pool `small`; they are spread over the zones."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    made = manifests.node(node_name(number), ZONES[number % len(ZONES)], now)
    made["metadata"]["labels"][POOL] = "small" if number % 50 == 0 else "large"
    names = [f"registry.bank.example/team-{image}/service-{image}" for image in range(IMAGES)]
    made["status"]["addresses"] = [{"type": "Hostname", "address": made["metadata"]["name"]}]
    made["status"]["images"] = [
        {"names": [f"{name}@sha256:{number:064x}", f"{name}:1.{number}"], "sizeBytes": 123456789}
        for name in names
    ]
    return {"apiVersion": "v1", "kind": "Node", **made}


def pod(number: int, nodes: int, owner: Json) -> Json:
    name = app(number // NAMESPACES % APPS)
    env = [{"name": f"SETTING_{index}", "value": f"value-{index}" * 4} for index in range(VARIABLES)]
    container = {"image": "registry.bank.example/app:1", "env": env}
    return {
        "metadata": {
            "name": f"{name}-{number:05}",
            "labels": {"app": name, "tier": "backend"},
            "ownerReferences": [owner],
        },
        "spec": {
            "nodeName": node_name(number * 7919 % nodes),
            "terminationGracePeriodSeconds": 0,
            "containers": [{"name": "app", **container}, {"name": "beside", **container}],
        },
    }


def node_name(number: int) -> str:
    return f"crowd-node-{number:04}"


def home(cluster: Cluster, name: str) -> Json:
    """A namespace; returns the owner of its pods, as they refer to it."""
    cluster.ensure("/api/v1/namespaces", {"metadata": {"name": name}})
    path = f"/api/v1/namespaces/{name}"
    cluster.ensure(f"{path}/serviceaccounts", {"metadata": {"name": "default"}})
    cluster.ensure(f"{path}/configmaps", {"metadata": {"name": "owner"}})
    made = cluster.ask("GET", f"{path}/configmaps/owner")
    kind = {"apiVersion": "v1", "kind": "ConfigMap", "name": "owner"}
    return {**kind, "uid": made["metadata"]["uid"], "controller": True}


def _each(numbers: Iterable[int], act: Callable[[int], Any]) -> list[Any]:
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(act, numbers))
