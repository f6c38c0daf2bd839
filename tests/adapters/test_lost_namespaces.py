"""A namespace of targets that is deleted, and takes along what we may do in it: what a look says of that."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from chaos.adapters.kubernetes_api import KubernetesApi
from chaos.adapters.kubernetes_errors import NotFound
from chaos.adapters.litmus import LitmusCluster
from chaos.adapters.litmus_kinds import NAMESPACES, PODS
from chaos.domain.errors import Forbidden
from chaos.domain.injection import Injection
from chaos.domain.sight import Namespace, Pod
from chaos.domain.spec import FaultSpec, TargetSpec
from chaos.domain.targets import Targets
from chaos.faults.catalogue import plan_injections
from tests.adapters.implementations import MISHAPS
from tests.adapters.practice import Practice
from tests.adapters.things import a_run, until

CARDS = "cards"
"""A namespace in which the product was granted nothing: as one whose role bindings went with it."""
REF = a_run()


@pytest.fixture
def api(practice: Practice) -> KubernetesApi:
    return practice.admin_api()


@pytest.fixture
def cluster(practice: Practice) -> LitmusCluster:
    return practice.cluster()


@pytest.fixture
def cards(api: KubernetesApi) -> Iterator[str]:
    """Its UID."""
    yield _made(api)
    with suppress(NotFound):
        api.delete(NAMESPACES, "", CARDS)


def _made(api: KubernetesApi) -> str:
    until(lambda: _there(api), lambda there: not there)
    return str(api.create(NAMESPACES, "", {"metadata": {"name": CARDS}})["metadata"]["uid"])


def _there(api: KubernetesApi) -> bool:
    try:
        api.get(NAMESPACES, "", CARDS)
    except NotFound:
        return False
    return True


def _gone(api: KubernetesApi) -> None:
    api.delete(NAMESPACES, "", CARDS)
    until(lambda: _there(api), lambda there: not there)


def _injection(namespace: str, ready: int = 6) -> Injection:
    pods = tuple(Pod(namespace, f"api-{n}", f"uid-{n}", f"node-{n}", True, False) for n in range(2))
    targets = TargetSpec(namespace, "deployment", {"app": "payments-api"}, count=2)
    spec = FaultSpec("pod-delete", timedelta(seconds=30), targets, {"force": "false"})
    (planned,) = plan_injections(REF.short, 0, spec, Targets(namespace, pods, ready, ready))
    return planned


def test_a_namespace_that_is_not_there_is_seen_to_be_gone_though_we_may_do_nothing_in_it(
    api: KubernetesApi, cluster: LitmusCluster, cards: str
) -> None:
    forbidden = cluster.look(REF, [_injection(CARDS)])
    assert "Gameday may not get pods" in forbidden.unseen, "it is there: a refusal is one"
    assert forbidden.namespaces == ()
    _gone(api)
    sight = cluster.look(REF, [_injection(CARDS)])
    assert (sight.unseen, sight.namespaces, sight.pods) == ("", (Namespace(CARDS),), ())


def test_what_is_asked_for_in_a_namespace_that_is_not_there_is_not_there(
    practice: Practice, api: KubernetesApi, cards: str
) -> None:
    product = practice.api()
    with pytest.raises(Forbidden):
        product.get(PODS, CARDS, "api-0")
    _gone(api)
    with pytest.raises(NotFound, match="the namespace is not there"):
        product.get(PODS, CARDS, "api-0")
    assert product.list(PODS, CARDS) == []


def test_a_policy_that_would_be_in_it_is_gone_too(
    api: KubernetesApi, cluster: LitmusCluster, cards: str
) -> None:
    cut = _injection(CARDS)
    cut = replace(cut, postcondition=replace(cut.postcondition, uncut=True))
    _gone(api)
    assert cluster.look(REF, [cut]).unseen == ""


def test_only_where_too_few_pods_are_ready_is_it_asked_for(cluster: LitmusCluster) -> None:
    assert cluster.look(REF, [_injection("payments")]).namespaces == ()
    (found,) = cluster.look(REF, [_injection("payments", ready=7)]).namespaces
    assert found == Namespace("payments", cluster.namespace_uid("payments"))


def test_one_that_is_on_its_way_out_is_still_the_one_it_was(
    api: KubernetesApi, cluster: LitmusCluster, cards: str
) -> None:
    held = {"metadata": {"name": "held", "namespace": CARDS, "finalizers": ["bank.example/keep"]}}
    api.create(PODS, CARDS, held | {"spec": {"containers": [{"name": "main", "image": "bank/api:1"}]}})
    api.delete(NAMESPACES, "", CARDS)
    (leaving,) = (cluster._looker._namespace(CARDS, 3.0),)
    assert leaving == Namespace(CARDS, cards, is_leaving=True)
    assert "Gameday may not" in cluster.look(REF, [_injection(CARDS)]).unseen
    api.merge_patch(PODS, CARDS, "held", {"metadata": {"finalizers": None}})
    until(lambda: _there(api), lambda there: not there)


def test_another_of_its_name_has_another_uid(api: KubernetesApi, cluster: LitmusCluster, cards: str) -> None:
    assert cluster.namespace_uid(CARDS) == cards
    _gone(api)
    assert cluster.namespace_uid(CARDS) == ""
    assert _made(api) == cluster.namespace_uid(CARDS) != cards


@pytest.mark.needs(MISHAPS)
def test_where_namespaces_may_not_be_read_nothing_is_known_of_them(
    practice: Practice, cluster: LitmusCluster
) -> None:
    practice.turn(api=[{"effect": "forbid", "resource": "namespaces", "verbs": ["get"]}])
    sight = cluster.look(REF, [_injection("payments", ready=7)])
    assert (sight.unseen, sight.namespaces) == ("", ())
    assert cluster.namespace_uid("payments") == ""
    assert "Gameday may not" in cluster.look(REF, [_injection("no-such-place")]).unseen
