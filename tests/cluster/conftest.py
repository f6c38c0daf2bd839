"""A real Kubernetes under each test: `make cluster`'s, or KUBECONFIG's. Without one, they fail."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from functools import partial

import pytest
import yaml

from deploy.cluster import handle, litmus_module
from deploy.cluster.handle import Answered, Cluster
from tests.adapters.things import until


@pytest.fixture(scope="session")
def real_cluster() -> Cluster:
    """The cluster, with its administrator's way in."""
    return handle.running()


@pytest.fixture(scope="session")
def our_cluster(real_cluster: Cluster) -> Cluster:
    """The same, for tests of how we start and play it."""
    if real_cluster.folder is None:
        pytest.skip("about a control plane of ours, and KUBECONFIG names another")
    return real_cluster


@pytest.fixture(scope="session")
def litmus_kinds(real_cluster: Cluster) -> Cluster:
    """The cluster, knowing Litmus' resources: those that it has, else those of the operator's module."""
    definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    for one in yaml.safe_load_all((litmus_module.manifests() / litmus_module.DEFINITIONS).read_text()):
        real_cluster.ensure(definitions, one)
    # Established is not enough: for a second more its endpoints answer 404.
    for plural in ("chaosengines", "chaosexperiments", "chaosresults"):
        until(partial(serves, real_cluster, f"/apis/litmuschaos.io/v1alpha1/{plural}"), bool)
    return real_cluster


@pytest.fixture
def namespace(real_cluster: Cluster) -> Iterator[str]:
    """A namespace of the test's own, in which pods can be created; nobody waits for its end."""
    name = f"tests-{secrets.token_hex(4)}"
    real_cluster.ask("POST", "/api/v1/namespaces", {"metadata": {"name": name}})
    until(lambda: has_account(real_cluster, name, "default"), bool)
    yield name
    real_cluster.ask("DELETE", f"/api/v1/namespaces/{name}")


def has_account(cluster: Cluster, namespace: str, name: str) -> bool:
    """Whether that ServiceAccount is there: the default one comes a moment after its namespace."""
    listed = cluster.ask("GET", f"/api/v1/namespaces/{namespace}/serviceaccounts")["items"]
    return name in [account["metadata"]["name"] for account in listed]


def serves(cluster: Cluster, path: str) -> bool:
    try:
        cluster.ask("GET", f"{path}?limit=1")
    except Answered:
        return False
    return True
