"""A cluster made fit for Gameday without Litmus' programs: its kinds, our accounts and experiments."""

from __future__ import annotations

import time
from collections.abc import Iterable

import yaml

from chaos.adapters.kubernetes_api import Connection, KubernetesApi
from chaos.adapters.litmus import LitmusCluster
from chaos.adapters.litmus_manifests import LitmusSettings
from deploy.cluster import litmus_chaos, litmus_module
from deploy.cluster.handle import Answered, Cluster

from ..say import Trouble

ACCOUNTS = ("ServiceAccount", "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding")
KINDS = ("chaosengines", "chaosexperiments", "chaosresults")
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
WITHIN = 30.0  # seconds


def kinds(cluster: Cluster) -> None:
    """Litmus' resources: those that it has, else those of the operator's module. Raises Trouble, Answered."""
    if all(_serves(cluster, kind) for kind in KINDS):
        return
    for one in yaml.safe_load_all((litmus_module.manifests() / litmus_module.DEFINITIONS).read_text()):
        cluster.ensure(DEFINITIONS, one)
    deadline = time.monotonic() + WITHIN
    # Established is not enough: for a second more its endpoints answer 404.
    while not all(_serves(cluster, kind) for kind in KINDS):
        if time.monotonic() > deadline:
            raise Trouble(f"Litmus' resources are not served after {WITHIN:.0f} s.")
        time.sleep(0.1)


def let_in(cluster: Cluster, targets: Iterable[str]) -> None:
    """All of deploy/litmus, by the product's own installer, its accounts let into these namespaces."""
    admin = port(cluster, cluster.administrator_token())
    cluster.ensure("/api/v1/namespaces", {"metadata": {"name": "chaos"}})
    for manifest in litmus_chaos.manifests(targets):
        if manifest["kind"] in ACCOUNTS:
            admin.install_account(manifest)
        elif manifest["kind"] == "ChaosExperiment":
            admin.install_experiment(manifest)


def port(cluster: Cluster, token: str, api: KubernetesApi | None = None) -> LitmusCluster:
    """The product's adapter under that token."""
    settings = LitmusSettings("chaos", "chaos-{family}")
    return LitmusCluster(api or KubernetesApi(connection(cluster, token)), settings, look_within=30.0)


def connection(cluster: Cluster, token: str) -> Connection:
    return Connection(cluster.server, ca_pem=cluster.authority, token=lambda: token, read_timeout=30.0)


def _serves(cluster: Cluster, kind: str) -> bool:
    try:
        cluster.ask("GET", f"/apis/litmuschaos.io/v1alpha1/{kind}?limit=1")
    except Answered:
        return False
    return True
