"""How much is asked of a cluster, and that it does not grow with what nobody asked about.

Times are measured by `make bench-cluster`; here it is counted what goes over the wire.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chaos.domain.sight import ZONE
from deploy.cluster.handle import Cluster
from deploy.local.bench import crowd, opened
from deploy.local.bench.counted import Call, CountedApi
from deploy.local.bench.questions import Questions
from tests.adapters.things import until
from tests.cluster.planes import somebody_plays

pytestmark = pytest.mark.cluster

TARGET = "tests-scale"
PODS = 8
PINNED = {
    "preview, 3 pods by label": 1,
    "preview, a share of a namespace": 1,
    "preview, 3 pods of a zone": 2,
    "preview, 3 nodes by label": 6,
    "preview, a node of such pods": 4,
    "launch on pods": 44,
    "launch on 3 nodes": 55,
    "look, a share of a namespace": 9,
    "look, 3 nodes drained": 16,
    "sweep for residue": 8,
}


@pytest.fixture(scope="module")
def crowded(litmus_kinds: Cluster) -> Iterator[tuple[Questions, CountedApi]]:
    """Eight pods of one application, each on a node of its own."""
    cluster = litmus_kinds
    somebody_plays(cluster)
    home = f"/api/v1/namespaces/{TARGET}"
    owner = crowd.home(cluster, TARGET)
    opened.let_in(cluster, [TARGET])
    nodes = [crowd.node(number * 50) for number in range(PODS)]
    for number, node in enumerate(nodes):
        cluster.ensure("/api/v1/nodes", node)
        pod = crowd.pod(0, 1, owner)
        pod["metadata"]["name"], pod["spec"]["nodeName"] = f"app-{number}", node["metadata"]["name"]
        cluster.ensure(f"{home}/pods", pod)
    until(lambda: crowd.ready_in(cluster, TARGET), lambda count: count == PODS, seconds=60)
    api = CountedApi(opened.connection(cluster, cluster.account_token("chaos", "gameday")))
    port = opened.port(cluster, "", api)
    yield (
        Questions(port, TARGET, {"app": "app-0"}, {"tier": "backend"}, {crowd.POOL: "small"}, crowd.ZONES[0]),
        api,
    )
    cluster.ask("DELETE", home)
    for node in nodes:
        cluster.ask("DELETE", f"/api/v1/nodes/{node['metadata']['name']}")


@pytest.mark.parametrize("question", PINNED)
def test_a_question_is_as_many_calls_as_it_needs_and_no_list_is_of_everything(
    crowded: tuple[Questions, CountedApi], question: str
) -> None:
    questions, api = crowded
    ask = questions.every()[question]
    with api.counted() as calls:
        ask()
    assert len(calls) == PINNED[question], "\n".join(sorted(map(str, calls)))
    for call in filter(lambda call: call.is_list, calls):
        assert "limit" in call.query, str(call)
        assert is_narrow(call), f"lists all there is: {call}"


def test_every_question_that_is_measured_is_pinned(crowded: tuple[Questions, CountedApi]) -> None:
    assert set(crowded[0].every()) == set(PINNED)


def is_narrow(call: Call) -> bool:
    """By a selector, or in the chaos namespace; of the nodes all are read, to leave one at least, and where
    pods are on the targets all of their namespace, since no selector tells how many a workload has."""
    chosen = {"labelSelector", "fieldSelector"} & call.query.keys()
    whole = call.path in ("/api/v1/nodes", f"/api/v1/namespaces/{TARGET}/pods")
    return bool(chosen) or "/namespaces/chaos/" in call.path or whole


def test_for_pods_of_one_zone_only_the_nodes_of_that_zone_are_read(
    crowded: tuple[Questions, CountedApi],
) -> None:
    questions, api = crowded
    ask = questions.every()["preview, 3 pods of a zone"]
    with api.counted() as calls:
        ask()
    (of_nodes,) = [call for call in calls if call.path == "/api/v1/nodes"]
    assert of_nodes.query["labelSelector"] == f"{ZONE}={questions.zone}"
