"""A cluster that is not for practice is refused, in a sentence that says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.cluster.bank import fit
from deploy.cluster.bank.laying import PLAYED_BY_KWOK
from deploy.cluster.bank.wire import Wire
from deploy.cluster.handle import CONSENT, Cluster
from deploy.local.say import Trouble
from deploy.rehearsal.platform import manifests
from deploy.rehearsal.store import DEPLOYMENTS, NAMESPACES, NODES
from tests.support.rehearsal_api import RunningApi


@pytest.fixture
def cluster(elsewhere: RunningApi) -> Cluster:
    return Cluster(Path("nowhere"), None, elsewhere.client())


def a_node(elsewhere: RunningApi, name: str, **annotations: str) -> None:
    node = {"metadata": {"name": name, "annotations": annotations}}
    elsewhere.do(lambda: elsewhere.store.create(NODES, node))


def test_a_cluster_whose_nodes_are_all_played_may_be_used(elsewhere: RunningApi, cluster: Cluster) -> None:
    a_node(elsewhere, "fake", **PLAYED_BY_KWOK)
    ours = manifests.node("worker-node-01", "eu-1a", "2026-01-01T00:00:00Z")
    elsewhere.do(lambda: elsewhere.store.create(NODES, ours, keep_status=True))
    fit.check(cluster)


def test_a_real_node_is_a_refusal_that_names_it(elsewhere: RunningApi, cluster: Cluster) -> None:
    a_node(elsewhere, "fake", **PLAYED_BY_KWOK)
    a_node(elsewhere, "ip-10-0-3-7")
    with pytest.raises(Trouble, match=r"real nodes .ip-10-0-3-7.*it is not begun.*kubectl create namespace"):
        fit.check(cluster)


def test_a_cluster_that_shows_no_nodes_may_be_anything_and_is_refused(cluster: Cluster) -> None:
    with pytest.raises(Trouble, match=r"shows no nodes: .*it is not begun.*kubectl create namespace"):
        fit.check(cluster)


def test_a_cluster_that_says_it_is_for_practice_may_be_used(elsewhere: RunningApi, cluster: Cluster) -> None:
    a_node(elsewhere, "ip-10-0-3-7")
    elsewhere.do(lambda: elsewhere.store.create(NAMESPACES, {"metadata": {"name": CONSENT}}))
    fit.check(cluster)


def test_litmus_itself_is_known_by_what_its_pods_are_called(elsewhere: RunningApi, cluster: Cluster) -> None:
    def deploy(name: str) -> None:
        template = manifests.pod_template(name, "it", startup=1, shutdown=1)
        template["metadata"]["labels"]["name"] = "chaos-operator"
        elsewhere.store.create(DEPLOYMENTS, manifests.workload(name, "chaos", 0, template))

    elsewhere.do(lambda: deploy("chaos-operator"))
    assert not fit.has_litmus(Wire(cluster)), "that is the stand-in's own"
    elsewhere.do(lambda: deploy("litmus"))
    assert fit.has_litmus(Wire(cluster)), "also while it is scaled to none"
