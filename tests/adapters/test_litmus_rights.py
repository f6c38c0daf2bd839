"""The rights of Gameday's own account, family by family, as the API server knows them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chaos.adapters.kubernetes_api import Connection, KubernetesApi
from chaos.adapters.litmus import LitmusCluster
from chaos.adapters.litmus_manifests import LitmusSettings
from chaos.faults.catalogue import FAULTS
from tests.adapters.practice import Practice
from tests.adapters.stub_server import Answer, Asked, Stub, stub_server


def review(asked: Asked) -> Answer:
    """Whatever concerns pods is allowed in payments."""
    wanted = asked.body["spec"]["resourceAttributes"]
    is_allowed = wanted["resource"] == "pods" and wanted["namespace"] == "payments"
    return Answer(201, {"metadata": {}, "status": {"allowed": is_allowed}})


@pytest.fixture
def stub() -> Iterator[Stub]:
    with stub_server(review) as server:
        yield server


def cluster(stub: Stub) -> LitmusCluster:
    return LitmusCluster(KubernetesApi(Connection(stub.url)), LitmusSettings("chaos", "chaos-{family}"))


def test_each_family_is_asked_of_once_in_each_namespace(stub: Stub) -> None:
    found = cluster(stub).rights(["pod-network-latency", "pod-http-latency"], ["payments", "ledger"])
    assert [(item.what, item.is_met) for item in found] == [
        ("helpers in namespace payments", True),
        ("helpers in namespace ledger", False),
    ]
    assert "may not get pods, list pods, delete pods in namespace ledger" in found[1].sentence
    assert "apply deploy/litmus/accounts/helpers.yaml, and bind the role gameday-helpers-targets to" in (
        found[1].sentence
    )


def test_what_concerns_nodes_is_asked_of_the_whole_cluster(stub: Stub) -> None:
    (whole,) = cluster(stub).rights(["node-drain"], ["payments"])
    assert not whole.is_met
    assert "may not get nodes, patch nodes, list pods everywhere" in whole.sentence
    assert "everywhere: apply deploy/litmus/accounts/drain.yaml" in whole.sentence


def test_without_named_namespaces_nobody_is_told_to_grant_everything_everywhere(stub: Stub) -> None:
    (found,) = cluster(stub).rights(["pod-delete"], [])
    assert found.is_met and "in each namespace that may be touched" in found.sentence


def test_a_server_that_does_not_answer_is_a_sentence(stub: Stub) -> None:
    stub.answers = lambda asked: Answer(503)
    (found,) = cluster(stub).rights(["pod-delete"], ["payments"])
    assert not found.is_met and "answered 503" in found.sentence


def test_gameday_has_what_it_needs_on_the_practice_cluster(practice: Practice) -> None:
    cluster = practice.cluster()
    assert cluster.version().startswith("v1.")
    found = cluster.rights(sorted(FAULTS), ["payments", "kafka"])
    assert len(found) > 9
    assert [item.sentence for item in found if not item.is_met] == []
