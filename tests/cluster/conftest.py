"""A real Kubernetes under each test: `make cluster`'s, or KUBECONFIG's. Without one, they fail."""

from __future__ import annotations

import secrets
from collections.abc import Generator, Iterator

import pytest

from deploy.cluster import handle
from deploy.cluster.handle import Cluster
from deploy.cluster.toolchain import Unobtainable
from deploy.local.bench import opened
from tests.adapters.things import until


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[object]) -> Generator[None, object, object]:
    """What cannot be built on this machine is not run; `make test-cluster` says so at its end."""
    try:
        return (yield)
    except Unobtainable as missing:
        pytest.skip(f"not run: {missing}")


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
    """The cluster, knowing Litmus' resources."""
    opened.kinds(real_cluster)
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
