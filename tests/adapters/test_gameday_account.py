"""With nothing but accounts/gameday.yaml: what Gameday can do on a cluster before any family is let in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from chaos.adapters.kubernetes_api import Connection, KubernetesApi
from chaos.adapters.litmus import LitmusCluster
from chaos.adapters.litmus_manifests import LitmusSettings
from chaos.domain.errors import Forbidden
from chaos.domain.images import USUAL_IMAGES
from chaos.faults.accounts import manifests, of_gameday
from chaos.faults.rights import HELPERS
from deploy.rehearsal.api import Rule
from deploy.rehearsal.store import NAMESPACES, NODES
from tests.adapters.things import a_run
from tests.support.rehearsal_api import RunningApi, running_api

ZONE = "topology.kubernetes.io/zone"


@pytest.fixture
def api() -> Iterator[RunningApi]:
    with running_api() as running:
        node = {"metadata": {"name": "node-1", "labels": {ZONE: "eu-1b"}}}
        running.do(lambda: running.store.create(NODES, node))
        if not running.do(lambda: running.store.find(NAMESPACES, "kube-system")):
            running.do(lambda: running.store.create(NAMESPACES, {"metadata": {"name": "kube-system"}}))
        yield running


@pytest.fixture
def cluster(api: RunningApi, tmp_path: Path) -> LitmusCluster:
    rules = [
        Rule(
            *(tuple(rule[key]) for key in ("verbs", "apiGroups", "resources")),
            names=tuple(rule.get("resourceNames", ())),
            namespaces=("chaos",) if role["kind"] == "Role" else (),
        )
        for role in of_gameday()
        for rule in role.get("rules", ())
    ]
    (tmp_path / "token").write_text(api.account("gameday-token", "gameday", *rules))
    connection = Connection(api.url, token_file=str(tmp_path / "token"))
    return LitmusCluster(KubernetesApi(connection), LitmusSettings("chaos", "chaos-{family}"))


def test_it_knows_the_cluster_and_the_zones_of_its_nodes(cluster: LitmusCluster) -> None:
    assert cluster.identity()
    assert [(node.name, node.zone) for node in cluster.nodes({})] == [("node-1", "eu-1b")]


def test_it_has_every_right_that_a_start_needs_in_the_chaos_namespace(cluster: LitmusCluster) -> None:
    found = cluster.preflight([], USUAL_IMAGES)
    assert [item.sentence for item in found if item.what.startswith("right") and not item.is_met] == []


def test_it_takes_a_grant_gives_it_back_and_pulls_the_lever(cluster: LitmusCluster) -> None:
    ref = a_run()
    cluster.take_grant(ref)
    cluster.beat(ref)
    cluster.clear(ref)
    assert cluster.residue() == ()
    cluster.pull_lever("A drill.")
    assert cluster.look(ref, []).lever_reason == "A drill."
    (unmet,) = [item.sentence for item in cluster.preflight([], USUAL_IMAGES) if item.what == "halt lever"]
    assert unmet.startswith("The halt lever of the cluster is down: A drill. An administrator releases it")
    cluster.release_lever()


def test_it_may_look_at_accounts_and_change_none(cluster: LitmusCluster) -> None:
    ours = list(manifests(HELPERS))
    assert cluster.accounts(ours) == (None,) * len(ours)
    with pytest.raises(Forbidden):
        cluster.install_account(ours[0])


def test_no_pod_of_another_namespace_is_its_affair_before_that_opts_in(cluster: LitmusCluster) -> None:
    with pytest.raises(Forbidden, match="list pods in namespace payments"):
        cluster.pods("payments", {"app": "api"})
    (helpers,) = cluster.rights(["pod-network-latency"], ["payments"])
    assert "apply deploy/litmus/accounts/helpers.yaml" in helpers.sentence
