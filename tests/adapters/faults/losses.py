"""Nodes and workloads that go away in the middle of a fault, and come back in the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from kubernetes import client, config

from tests.adapters.practice import Practice


@contextmanager
def without_node(practice: Practice, name: str) -> Iterator[None]:
    """The node is deleted, and another of its name registers itself in the end."""
    with config.new_client_from_config(str(practice.kubeconfig)) as connection:
        nodes = client.CoreV1Api(connection)
        plain = connection.sanitize_for_serialization(nodes.read_node(name))
        nodes.delete_node(name)
        try:
            yield
        finally:
            meta = {"name": name, "labels": plain["metadata"]["labels"]}
            nodes.create_node({"metadata": meta, "spec": {"podCIDR": plain["spec"]["podCIDR"]}})
            nodes.patch_node_status(name, {"status": plain["status"]})


@contextmanager
def without_deployment(practice: Practice, namespace: str, name: str) -> Iterator[None]:
    """The Deployment is deleted with its pods, and made anew in the end as it was before the fault."""
    with config.new_client_from_config(str(practice.kubeconfig)) as connection:
        apps = client.AppsV1Api(connection)
        plain = connection.sanitize_for_serialization(apps.read_namespaced_deployment(name, namespace))
        apps.delete_namespaced_deployment(name, namespace, propagation_policy="Background")
        try:
            yield
        finally:
            meta = {"name": name, "labels": plain["metadata"]["labels"]}
            apps.create_namespaced_deployment(
                namespace, {"metadata": meta, "spec": {**plain["spec"], "replicas": REPLICAS}}
            )


REPLICAS = 6
"""Of payments-api, when nobody scales it."""
